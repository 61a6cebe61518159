//! The macro `cors!("cors.yaml")`. Applications take it from `cors-static`, which tells it where the types of the decision are.

mod arguments;
mod literal;

use std::env;
use std::path::Path;

use cors_gen::input::Input;
use cors_gen::{Embedded, embed, rust};
use proc_macro::{Delimiter, Group, Literal, Span, TokenStream, TokenTree};

use arguments::{Arguments, Mistake};

/// Stands in the printed code for the path that the caller gave.
const PATH: &str = "path_to_cors_static";

/// Compiles a policy file into static tables, see `cors_static::cors!`.
#[proc_macro]
pub fn cors(input: TokenStream) -> TokenStream {
    match arguments::parse(input).and_then(|arguments| expand(&arguments)) {
        Ok(tokens) => tokens,
        Err(mistakes) => block(mistakes.iter().map(|mistake| invoke(&format!("::core::compile_error!{{{}}}", quoted(&mistake.message)), mistake.span))),
    }
}

fn expand(arguments: &Arguments) -> Result<TokenStream, Vec<Mistake>> {
    let Arguments { file, profile, span, path } = arguments;
    let mistake = |message: String| Mistake { message, span: *span };
    let folder = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let file = Path::new(&folder).join(file);
    let absolute = file.to_str().ok_or_else(|| vec![mistake(format!("the path `{}` is no UTF-8 text", file.display()))])?;
    let input =
        Input::open(&file, shown(&file)).map_err(|error| vec![mistake(format!("{error}; the path begins at the folder of the package's Cargo.toml"))])?;
    let Embedded { code, warnings } = embed(&input, profile.as_deref(), |set, _| rust::expression(set, PATH));
    let code = code.map_err(|errors| errors.into_iter().map(mistake).collect::<Vec<_>>())?;
    // A file that is included is one that Cargo watches. No type is named: the caller may have another one of that name.
    let code = format!("const _: () = {{ let _ = ::core::include_bytes!({}); }}; {code}", quoted(absolute));
    let warnings = warnings.iter().map(|warning| warn(warning, *span));
    Ok(block(warnings.chain([put_path(invoke(&code, Span::call_site()), path)])))
}

/// One expression, whatever is in it.
fn block(statements: impl Iterator<Item = TokenStream>) -> TokenStream {
    TokenTree::Group(Group::new(Delimiter::Brace, statements.collect())).into()
}

/// As the compiler shows the paths of sources: from the folder where it runs.
fn shown(file: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    file.strip_prefix(here).unwrap_or(file).display().to_string()
}

/// Stable Rust lets no macro warn; a deprecated constant does.
fn warn(message: &str, span: Span) -> TokenStream {
    invoke(&format!("{{ #[deprecated(note = {})] const POLICY: () = (); POLICY }}", quoted(message)), span)
}

fn quoted(text: &str) -> String {
    Literal::string(text).to_string()
}

/// Code as tokens that the compiler shows at a place.
fn invoke(code: &str, span: Span) -> TokenStream {
    let tokens: TokenStream = code.parse().unwrap_or_default();
    map(tokens, &|mut token| {
        token.set_span(span);
        token.into()
    })
}

/// Puts a path in the place of [`PATH`].
fn put_path(tokens: TokenStream, path: &TokenStream) -> TokenStream {
    map(tokens, &|token| match &token {
        TokenTree::Ident(ident) if ident.to_string() == PATH => path.clone(),
        _ => token.into(),
    })
}

fn map(tokens: TokenStream, change: &impl Fn(TokenTree) -> TokenStream) -> TokenStream {
    let each = |token| match token {
        TokenTree::Group(group) => change(TokenTree::Group(Group::new(group.delimiter(), map(group.stream(), change)))),
        token => change(token),
    };
    tokens.into_iter().flat_map(each).collect()
}
