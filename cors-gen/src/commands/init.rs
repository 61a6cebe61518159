//! `cors-gen init`: the name of a file comes in; a first policy, and the schema beside it, go out.

use std::io::Write;
use std::path::Path;

use super::{Exit, Failure, Outcome};

/// The policy that `init` writes. It compiles without a word, and its tests pass.
pub(crate) const FIRST_POLICY: &str = include_str!("init.yaml");

const SCHEMA: &str = "cors.schema.json";

pub(super) fn run(file: &Path) -> Outcome {
    if file == Path::new("-") {
        return Err(Failure::new("`init` writes files, not standard output", "name the file to write: `cors-gen init cors.yaml`"));
    }
    let schema = file.with_file_name(SCHEMA);
    create(file, FIRST_POLICY)?;
    let mut written = format!("wrote {}", file.display());
    // An older schema is replaced: it is ours, and nobody edits it.
    std::fs::write(&schema, super::schema_text()).map_err(|error| Failure::new(format!("`{}` cannot be written: {error}", schema.display()), ""))?;
    written.push_str(&format!(" and {}\n", schema.display()));
    super::print(&written)?;
    super::print(&format!("next: cors-gen check {0} && cors-gen {0} --target nginx\n", file.display()))?;
    Ok(Exit::Fine)
}

/// Writes a file that does not exist yet.
fn create(file: &Path, text: &str) -> Result<(), Failure> {
    let created = super::make_folder_of(file).and_then(|()| std::fs::File::create_new(file));
    created.and_then(|mut created| created.write_all(text.as_bytes())).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::new(format!("`{}` exists already", file.display()), "nothing was changed; give another name: `cors-gen init other.yaml`")
        }
        _ => Failure::new(format!("`{}` cannot be written: {error}", file.display()), ""),
    })
}
