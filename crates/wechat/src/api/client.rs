//! Sends calls. The HTTP client is the caller's: its connect timeout, proxy and address rules hold.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use serde::de::DeserializeOwned;
use url::Url;

use super::answer;
use super::request::{Body, Call, Method, Request};
use crate::error::CallError;

/// Where the platform lives, unless the account says otherwise.
pub const DEFAULT_BASE_URL: &str = "https://api.weixin.qq.com";
/// The largest JSON answer: a page of 10,000 openids has about 400 KB.
const MAX_JSON: usize = 8 * 1024 * 1024;

/// The most time each kind of call may take, everything included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Small calls.
    pub call: Duration,
    /// Uploads and downloads.
    pub file: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { call: Duration::from_secs(10), file: Duration::from_secs(60) }
    }
}

/// A client for one base address; cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    timeouts: Timeouts,
}

/// A downloaded file, or the JSON the platform gave instead (a video's address, a material's articles).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Download {
    /// The file.
    File {
        /// Its bytes.
        bytes: Bytes,
        /// The answer's Content-Type.
        mime: Option<String>,
        /// The name out of the Content-Disposition.
        name: Option<String>,
    },
    /// JSON without an error code.
    Json(serde_json::Value),
}

impl Client {
    /// A client for the platform at `base_url`. `http` should have a connect timeout of about three seconds.
    pub fn new(http: reqwest::Client, base_url: &str, timeouts: Timeouts) -> Result<Self, CallError> {
        let wrong = || CallError::BaseUrl(base_url.to_owned());
        let base = Url::parse(base_url.trim_end_matches('/')).map_err(|_| wrong())?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() || base.query().is_some() {
            return Err(wrong());
        }
        Ok(Self { http, base, timeouts })
    }

    /// Sends a call. `token` is ignored by calls that need none.
    pub async fn call<A: DeserializeOwned>(&self, token: &str, call: &Call<A>) -> Result<A, CallError> {
        let timeout = match call.request.body {
            Body::Form { .. } => self.timeouts.file,
            Body::Empty | Body::Json(_) => self.timeouts.call,
        };
        let response = self.send(token, &call.request, timeout).await?;
        let status = response.status().as_u16();
        let body = read_body(response, MAX_JSON).await?;
        answer::decode(status, &body)
    }

    /// Fetches a file of up to `max_bytes`.
    pub async fn download(
        &self,
        token: &str,
        call: &Call<Download>,
        max_bytes: usize,
    ) -> Result<Download, CallError> {
        let response = self.send(token, &call.request, self.timeouts.file).await?;
        let status = response.status().as_u16();
        let header = |name| {
            response.headers().get(name).and_then(|it: &reqwest::header::HeaderValue| it.to_str().ok())
        };
        let mime = header(reqwest::header::CONTENT_TYPE).map(str::to_owned);
        let disposition = header(reqwest::header::CONTENT_DISPOSITION).map(str::to_owned);
        let body = read_body(response, max_bytes).await?;
        if answer::is_json(mime.as_deref(), disposition.as_deref(), &body) {
            return answer::decode(status, &body).map(Download::Json);
        }
        if status != 200 {
            return Err(CallError::Http(status));
        }
        let name = disposition.as_deref().and_then(answer::file_name);
        Ok(Download::File { bytes: body, mime, name })
    }

    /// The address of a request, with the token.
    pub fn url(&self, token: &str, request: &Request) -> Url {
        let mut url = self.base.clone();
        let path = format!("{}{}", self.base.path().trim_end_matches('/'), request.path);
        url.set_path(&path);
        if request.needs_token || !request.query.is_empty() {
            let mut query = url.query_pairs_mut();
            if request.needs_token {
                query.append_pair("access_token", token);
            }
            query.extend_pairs(&request.query);
        }
        url
    }

    async fn send(
        &self,
        token: &str,
        request: &Request,
        timeout: Duration,
    ) -> Result<reqwest::Response, CallError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut builder = self.http.request(method, self.url(token, request)).timeout(timeout);
        match &request.body {
            Body::Empty => {}
            Body::Json(json) => {
                builder =
                    builder.header(reqwest::header::CONTENT_TYPE, "application/json").body(json.clone());
            }
            Body::Form { file, fields } => {
                let length = file.bytes.len() as u64;
                let part = reqwest::multipart::Part::stream_with_length(file.bytes.clone(), length)
                    .file_name(file.name.clone())
                    .mime_str(&file.mime)
                    .map_err(CallError::transport)?;
                // Names in other scripts must go out as they are: the platform knows no `filename*`.
                let mut form = reqwest::multipart::Form::new().percent_encode_noop().part("media", part);
                for (name, value) in fields {
                    form = form.text(*name, value.clone());
                }
                builder = builder.multipart(form);
            }
        }
        builder.send().await.map_err(CallError::transport)
    }
}

async fn read_body(mut response: reqwest::Response, max_bytes: usize) -> Result<Bytes, CallError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(CallError::transport)? {
        if body.len() + chunk.len() > max_bytes {
            return Err(CallError::TooLarge(max_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
