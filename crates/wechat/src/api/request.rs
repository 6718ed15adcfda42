//! A call as a value: built by pure functions, sent by [`super::client::Client`].

use std::borrow::Cow;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::Serialize;

/// The HTTP method; the platform uses two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
}

/// What a call sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// JSON in raw UTF-8: the platform stores `\u` escapes literally.
    Json(String),
    /// A form with one file.
    Form {
        /// The file.
        file: File,
        /// Other fields.
        fields: Vec<(&'static str, String)>,
    },
}

/// A file to upload. The platform judges by the ending of the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name with ending, such as `photo.jpg`.
    pub name: String,
    /// Its type, such as `image/jpeg`.
    pub mime: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A request without host and access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path below the base address, beginning with `/`.
    pub path: Cow<'static, str>,
    /// The query without the access token.
    pub query: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
    /// Whether the client adds the access token to the query.
    pub needs_token: bool,
}

/// A request whose answer is an `A`.
#[derive(Debug)]
pub struct Call<A> {
    /// What is sent.
    pub request: Request,
    answer: PhantomData<fn() -> A>,
}

impl<A> Clone for Call<A> {
    fn clone(&self) -> Self {
        Self { request: self.request.clone(), answer: PhantomData }
    }
}

impl<A> Call<A> {
    fn new(method: Method, path: impl Into<Cow<'static, str>>, body: Body) -> Self {
        let request = Request { method, path: path.into(), query: Vec::new(), body, needs_token: true };
        Self { request, answer: PhantomData }
    }

    /// A GET.
    pub fn get(path: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Get, path, Body::Empty)
    }

    /// A POST of JSON.
    pub fn post(path: impl Into<Cow<'static, str>>, body: &impl Serialize) -> Self {
        let json =
            serde_json::to_string(body).expect("our request types have text keys and no failing fields");
        Self::new(Method::Post, path, Body::Json(json))
    }

    /// A POST of a file in the field `media`.
    pub fn upload(path: impl Into<Cow<'static, str>>, file: File) -> Self {
        Self::new(Method::Post, path, Body::Form { file, fields: Vec::new() })
    }

    /// Adds a parameter to the query.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.request.query.push((name, value.into()));
        self
    }

    /// Adds a field to the form of an upload.
    #[must_use]
    pub fn with_field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Body::Form { fields, .. } = &mut self.request.body {
            fields.push((name, value.into()));
        }
        self
    }

    /// For the calls that work without the access token.
    #[must_use]
    pub fn without_token(mut self) -> Self {
        self.request.needs_token = false;
        self
    }
}
