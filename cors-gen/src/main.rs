//! The command `cors-gen`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cors_gen::commands::main()
}
