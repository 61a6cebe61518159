//! Markdown comes in; its blocks of code and its links go out.

use std::fs;
use std::path::Path;

use super::ROOT;

/// A document of the project.
pub(crate) struct Document {
    /// Its path from the root.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A block of code.
#[derive(Clone)]
pub(crate) struct Block<'d> {
    /// What stands behind the language.
    pub(crate) note: &'d str,
    /// Where it begins.
    pub(crate) line: usize,
    /// What is in it, each line with its end.
    pub(crate) text: String,
}

/// Every document that a reader is sent to.
pub(crate) fn documents() -> Vec<Document> {
    let folder = fs::read_dir(Path::new(ROOT).join("docs")).unwrap().map(|entry| format!("docs/{}", entry.unwrap().file_name().to_string_lossy()));
    let mut names: Vec<String> =
        folder.filter(|name| name.ends_with(".md")).chain(["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(str::to_owned)).collect();
    names.sort();
    names.into_iter().map(|name| Document { text: fs::read_to_string(Path::new(ROOT).join(&name)).unwrap(), name }).collect()
}

/// The blocks of a language.
pub(crate) fn blocks<'d>(document: &'d Document, language: &'static str) -> impl Iterator<Item = Block<'d>> {
    let mut blocks: Vec<(&str, Block<'d>)> = Vec::new();
    let mut open = false;
    for (index, line) in document.text.lines().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(info), false) => {
                let (language, note) = info.split_once(' ').unwrap_or((info, ""));
                blocks.push((language, Block { note, line: index + 1, text: String::new() }));
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => {
                let (_, block) = blocks.last_mut().unwrap();
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => {}
        }
    }
    assert!(!open, "{}: a block is not closed", document.name);
    blocks.into_iter().filter(move |(of, _)| *of == language).map(|(_, block)| block)
}

/// Where the links outside blocks lead, as far as that is inside the project.
pub(crate) fn links(text: &str) -> Vec<String> {
    let mut open = false;
    let prose = text.lines().filter(|line| {
        open ^= line.starts_with("```");
        !open
    });
    let targets = prose.flat_map(|line| line.split("](").skip(1)).filter_map(|rest| rest.split(')').next());
    targets.filter(|link| !link.contains("://")).map(str::to_owned).collect()
}
