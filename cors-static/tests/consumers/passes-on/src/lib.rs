//! A house's own framework: who uses it names nothing else.

pub use cors_static;

/// The policies of an application.
#[macro_export]
macro_rules! house_policies {
    ($file:literal) => {
        $crate::cors_static::cors!($file)
    };
    ($file:literal for $profile:literal) => {
        $crate::cors_static::cors!($file, profile = $profile)
    };
}
