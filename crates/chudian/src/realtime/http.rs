//! The live socket.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::Error;
use crate::bus::Event;
use crate::ctx::Ctx;
use crate::routing::{presence::Presence, sweep};
use crate::tenants::login;
use crate::web::actor::Actor;
use crate::web::error::Problem;
use crate::web::extract::Query;

use super::feed::{Feed, Frame};

/// A page has nothing to say here; more than this from it ends the connection.
const LARGEST_FRAME: usize = 4 * 1024;
/// Enough for a frame header and a pong; the library's default costs 128 KiB a connection.
const READ_BUFFER: usize = 4 * 1024;
/// Windows and devices of one person; more is a page that connects in a loop.
const MOST_CONNECTIONS: u32 = 30;
/// How often the other side is asked for a sign of life.
const PING: Duration = Duration::from_secs(20);
/// How often the session is looked at again, in case its end was not heard of.
const CHECK: Duration = Duration::from_secs(4);
/// How long a slow page may take to receive one frame.
const PATIENCE: Duration = Duration::from_secs(10);
/// Close code: the policy forbids going on (the session is over).
const SESSION_OVER: u16 = 4001;
/// Close code: try again in a moment.
const TRY_AGAIN: u16 = 1013;

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(listen_live))
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct LiveQuery {
    /// The number of the last event that the page saw. Absent: from now on.
    after: Option<i64>,
}

/// News as it happens, over a WebSocket.
///
/// The first frame is `{"hello":{"seq":N}}`: everything after number N follows, each event once
/// and in order, as `{"seq":…,"at":…,"event":"message.created",…}`. After a lost connection,
/// connect again with `after` set to the last number seen. `{"reset":true,"seq":N}` says that what
/// was missed cannot be told any more: read everything again and go on from N.
/// The socket closes with 4001 when the session is over.
#[utoipa::path(
    get, path = "/live", tag = "desk", params(LiveQuery),
    responses((status = 101, description = "The connection becomes a WebSocket"))
)]
async fn listen_live(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<LiveQuery>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|_| {
        Error::invalid(
            "request.upgrade",
            "this address speaks WebSocket only: connect with a WebSocket client",
        )
    })?;
    if actor.user.is_some_and(|it| ctx.shelf.get::<Presence>().connections(it) >= MOST_CONNECTIONS) {
        let message = "you have too many live connections open; close some windows";
        return Err(Error::busy("live.too_many", message).retry_after(10).into());
    }
    let feed = Feed::open(&ctx, actor.tenant, query.after).await?;
    let answer = upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(LARGEST_FRAME)
        .max_frame_size(LARGEST_FRAME)
        .on_upgrade(move |socket| serve(ctx, actor, feed, socket));
    Ok(answer)
}

/// How a connection ends.
enum End {
    /// The other side went.
    Gone,
    /// We close it, with this code.
    Closed(u16),
}

/// Keeps one socket until either side ends it.
async fn serve(ctx: Ctx, actor: Actor, feed: Feed, mut socket: WebSocket) {
    let connection = actor.user.map(|it| ctx.shelf.get::<Presence>().connect(it, &ctx.clock));
    // Who is back gets back what she chose.
    sweep::wake(&ctx);
    if let End::Closed(code) = talk(&ctx, actor, feed, &mut socket).await {
        let last = Message::Close(Some(CloseFrame { code, reason: "".into() }));
        // The other side may be gone by now; then there is nobody to tell.
        let _ = tokio::time::timeout(PATIENCE, socket.send(last)).await;
    }
    drop(connection);
    sweep::wake(&ctx);
}

/// Passes frames on for as long as both sides want.
async fn talk(ctx: &Ctx, mut actor: Actor, mut feed: Feed, socket: &mut WebSocket) -> End {
    let mut ping = tokio::time::interval(PING);
    let mut check = tokio::time::interval(CHECK);
    ping.reset();
    check.reset();
    let mut unanswered = 0;
    loop {
        let step = tokio::select! {
            frames = feed.next() => match frames {
                Ok(frames) => pass_on(ctx, &mut actor, socket, frames).await,
                Err(_) => Err(End::Closed(TRY_AGAIN)),
            },
            said = socket.recv() => match said {
                None | Some(Err(_) | Ok(Message::Close(_))) => Err(End::Gone),
                Some(Ok(_)) => {
                    unanswered = 0;
                    Ok(())
                }
            },
            _ = check.tick() => look_again(ctx, &mut actor).await,
            _ = ping.tick() => {
                unanswered += 1;
                if unanswered > 2 { Err(End::Gone) } else { send(socket, Message::Ping("".into())).await }
            }
        };
        if let Err(end) = step {
            return end;
        }
    }
}

async fn pass_on(
    ctx: &Ctx,
    actor: &mut Actor,
    socket: &mut WebSocket,
    frames: Vec<Frame>,
) -> Result<(), End> {
    if frames.iter().any(|it| concerns_rights(it, actor)) {
        look_again(ctx, actor).await?;
    }
    for frame in frames {
        let is_for = match &frame {
            Frame::News(spoken) => spoken.is_for(actor.permissions),
            Frame::Hello(_) | Frame::Reset(_) => true,
        };
        if is_for {
            send(socket, Message::Text(frame.text().into())).await?;
        }
    }
    Ok(())
}

/// Whether what happened may have changed what this person may see.
fn concerns_rights(frame: &Frame, actor: &Actor) -> bool {
    let Frame::News(spoken) = frame else { return false };
    match spoken.event {
        Event::SessionRevoked { user } | Event::UserChanged { user } => actor.user == Some(user),
        Event::TenantChanged => true,
        _ => false,
    }
}

/// Takes the rights of this moment; without a session it is over.
async fn look_again(ctx: &Ctx, actor: &mut Actor) -> Result<(), End> {
    match login::still(ctx, actor).await {
        Ok(Some(present)) => {
            *actor = present;
            Ok(())
        }
        Ok(None) => Err(End::Closed(SESSION_OVER)),
        Err(_) => Err(End::Closed(TRY_AGAIN)),
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match tokio::time::timeout(PATIENCE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(End::Gone),
    }
}
