#![deny(deprecated)]

static CORS: &cors_static::PolicySet<'static> = cors_static::cors!("ui/warnings.yaml");

fn main() {
    let _ = CORS;
}
