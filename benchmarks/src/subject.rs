//! What is measured: something that answers requests which were made beforehand.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::asks::Ask;

/// One library, in its own types.
pub trait Stack {
    /// Its request.
    type Request;
    /// Its response.
    type Response;

    /// Makes a request.
    fn request(&self, ask: Ask) -> Self::Request;
    /// Answers it.
    fn call(&mut self, request: Self::Request) -> Self::Response;
    /// What the response says.
    fn seen(response: &Self::Response) -> Seen;
}

/// What a response says of CORS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// `Access-Control-Allow-Origin`.
    pub allow_origin: Option<String>,
    /// Whether there is an `Access-Control-Allow-Methods`.
    pub allow_methods: bool,
    /// Whether `Vary` says anything.
    pub varies: bool,
}

/// A [`Stack`], its types forgotten.
pub trait Subject {
    /// Makes so many requests.
    fn load(&mut self, ask: Ask, count: usize);
    /// Answers them all, and drops the answers.
    fn answer(&mut self);
    /// Answers one, to see whether it is the right answer.
    fn see(&mut self, ask: Ask) -> Seen;
}

/// A stack with its requests.
pub struct Loaded<S: Stack> {
    stack: S,
    requests: Vec<S::Request>,
}

impl<S: Stack> Loaded<S> {
    /// Without requests.
    pub fn new(stack: S) -> Self {
        Self { stack, requests: Vec::new() }
    }
}

impl<S: Stack> Subject for Loaded<S> {
    fn load(&mut self, ask: Ask, count: usize) {
        self.requests.reserve(count);
        self.requests.extend((0..count).map(|_| self.stack.request(ask)));
    }

    fn answer(&mut self) {
        for request in self.requests.drain(..) {
            std::hint::black_box(self.stack.call(request));
        }
    }

    fn see(&mut self, ask: Ask) -> Seen {
        let request = self.stack.request(ask);
        S::seen(&self.stack.call(request))
    }
}

/// The outcome of a future that never waits.
#[inline]
pub fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("no subject has anything to wait for"),
    }
}
