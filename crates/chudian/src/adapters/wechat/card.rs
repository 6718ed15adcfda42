//! The pictures of cards. A card names its picture by address, and our files have none that the
//! platform could reach, so the platform keeps a copy and tells where (WeChat documentation,
//! "upload a picture for an article").

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use wechat::api::custom::Article;
use wechat::api::media as files;
use wechat::api::request::File;

use crate::base::content;
use crate::base::id::{InboxId, MediaId};
use crate::channels::book::OpenInbox;
use crate::ctx::Ctx;
use crate::media::model::MediaState;
use crate::media::table;

use super::call;

/// The addresses that the platform gave. They do not expire; after a restart each picture is
/// handed over once more.
#[derive(Debug, Default)]
struct Addresses(Mutex<HashMap<(InboxId, MediaId), String>>);

/// More would only fill memory: then all are forgotten.
const MOST: usize = 10_000;

impl Addresses {
    fn find(&self, key: (InboxId, MediaId)) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    fn put(&self, key: (InboxId, MediaId), address: String) {
        let mut addresses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if addresses.len() >= MOST {
            addresses.clear();
        }
        addresses.insert(key, address);
    }
}

/// A card as the platform takes it. A picture that cannot be handed over is left out: the words
/// matter more.
pub(super) async fn card(ctx: &Ctx, inbox: &OpenInbox, it: &content::Article) -> Article {
    let address = match (&it.picture_url, it.picture) {
        (Some(address), _) => Some(address.clone()),
        (None, Some(picture)) => address_of(ctx, inbox, picture).await,
        (None, None) => None,
    };
    Article {
        title: it.title.clone(),
        description: it.description.clone(),
        url: it.url.clone(),
        picurl: address.unwrap_or_default(),
    }
}

async fn address_of(ctx: &Ctx, inbox: &OpenInbox, picture: MediaId) -> Option<String> {
    let (tenant, key) = (inbox.inbox.tenant, (inbox.inbox.id, picture));
    let addresses = ctx.shelf.get::<Addresses>();
    if let Some(known) = addresses.find(key) {
        return Some(known);
    }
    let row = ctx.db.read(move |tx| table::find(tx, tenant, picture)).await.ok()??;
    let path = row.path.as_deref().filter(|_| row.state == MediaState::Stored)?;
    // The platform takes no other kinds here.
    let ending = match row.mime.as_str() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        _ => return None,
    };
    let bytes = Bytes::from(ctx.files.get(path).await.ok()?);
    let file = File { name: format!("picture.{ending}"), mime: row.mime.clone(), bytes };
    match call::call(ctx, inbox, &files::upload_article_image(file)).await {
        Ok(given) => {
            addresses.put(key, given.url.clone());
            Some(given.url)
        }
        Err(error) => {
            tracing::warn!(inbox.id = %inbox.inbox.id, "a card goes without its picture: {error}");
            None
        }
    }
}
