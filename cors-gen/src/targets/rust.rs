//! Policies come in, a file of Rust goes out.

use super::{Target, Template, Tested, Writer};
use crate::rust;

pub(super) static TARGET: Target = Target {
    name: "rust",
    server: "Rust, with the crate `cors-static`",
    summary: "One file with one item, `pub static CORS: &cors_static::PolicySet<'static>`, for whoever would rather keep the tables under version control than \
              have them made by the macro `cors!` or a build script, which print the same. Give `CORS` to one of the adapters of `cors-static`, or ask it \
              directly.",
    files: &[Template { file: "cors.rs", place: "a module of the program", text: "" }],
    limits: &[],
    tested: Tested::Live,
    results: "",
    writer: Writer::Printer(|set, made_from| Ok(rust::file(set, made_from, rust::CRATE))),
};
