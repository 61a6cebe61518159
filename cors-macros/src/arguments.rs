//! The tokens between the brackets of `cors!` come in, what they ask for goes out.

use std::iter::Peekable;

use proc_macro::token_stream::IntoIter;
use proc_macro::{Delimiter, Span, TokenStream, TokenTree};

use crate::literal;

/// What a call of the macro asks for.
pub(crate) struct Arguments {
    /// The policy file.
    pub(crate) file: String,
    /// Where it stands.
    pub(crate) span: Span,
    pub(crate) profile: Option<String>,
    /// What leads to the types of the decision.
    pub(crate) path: TokenStream,
}

/// What is wrong, and where.
pub(crate) struct Mistake {
    pub(crate) message: String,
    pub(crate) span: Span,
}

type Parsed<T> = Result<T, Vec<Mistake>>;

const USAGE: &str = "write `cors!(\"cors.yaml\")`, or `cors!(\"cors.yaml\", profile = \"dev\")`";

/// Each argument is a string, the policy file, or a name and a value. The last of several paths counts: `cors_static::cors!` gives one of its own.
pub(crate) fn parse(input: TokenStream) -> Parsed<Arguments> {
    let (mut file, mut profile, mut path) = (None, None, "::cors_static".parse().unwrap_or_default());
    let mut tokens = input.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let span = token.span();
        match &token {
            TokenTree::Ident(name) if name.to_string() == "profile" && profile.is_none() => {
                equals(&mut tokens, span)?;
                let value = tokens.next();
                profile = Some(string(value.as_ref(), span)?);
            }
            TokenTree::Ident(name) if name.to_string() == "crate" => {
                equals(&mut tokens, span)?;
                path = until_comma(&mut tokens);
                if path.is_empty() {
                    return mistake("`crate =` is followed by the path to what `cors-static` exports", span);
                }
            }
            TokenTree::Ident(name) if tokens.peek().is_some_and(|next| is(next, '=')) => {
                return mistake(&format!("`{name}` is no option of this macro, or stands twice; {USAGE}"), span);
            }
            literal if file.is_none() => file = Some((string(Some(literal), span)?, span)),
            _ => return mistake(&format!("one policy file is compiled at a time; {USAGE}"), span),
        }
        comma(&mut tokens)?;
    }
    match file {
        Some((file, span)) => Ok(Arguments { file, span, profile, path }),
        None => mistake(&format!("no policy file is named; {USAGE}"), Span::call_site()),
    }
}

fn mistake<T>(message: &str, span: Span) -> Parsed<T> {
    Err(vec![Mistake { message: message.to_owned(), span }])
}

fn is(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

fn equals(tokens: &mut Peekable<IntoIter>, span: Span) -> Parsed<()> {
    match tokens.next() {
        Some(token) if is(&token, '=') => Ok(()),
        _ => mistake(&format!("a `=` and a value are missing; {USAGE}"), span),
    }
}

fn comma(tokens: &mut Peekable<IntoIter>) -> Parsed<()> {
    match tokens.next() {
        Some(token) if !is(&token, ',') => mistake(&format!("a comma is missing; {USAGE}"), token.span()),
        _ => Ok(()),
    }
}

fn until_comma(tokens: &mut Peekable<IntoIter>) -> TokenStream {
    std::iter::from_fn(|| tokens.next_if(|token| !is(token, ','))).collect()
}

fn string(token: Option<&TokenTree>, span: Span) -> Parsed<String> {
    match token {
        Some(TokenTree::Literal(literal)) => match literal::string(&literal.to_string()) {
            Some(string) => Ok(string),
            None => mistake(&format!("a string is expected here; {USAGE}"), literal.span()),
        },
        // What another macro passes on as `$file:literal` comes in an invisible group.
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => string(group.stream().into_iter().next().as_ref(), group.span()),
        _ => {
            mistake(&format!("a string literal is expected here, because the file is read before any code runs; {USAGE}"), token.map_or(span, TokenTree::span))
        }
    }
}
