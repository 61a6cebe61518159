fn main() {
    let _ = cors_static::cors!("ui/sound.yaml", profile = "dev", profile = "dev");
}
