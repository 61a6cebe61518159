//! Web frameworks for Python, each under a real server: a generated file in, a running application out.

pub mod libraries;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::nginx::test_tools;
use crate::program::Program;
use crate::server::{Launch, Server};
use crate::upstream::OWN_CORS_HEADERS;

/// A framework, and an application of it that answers as [`Asked`](crate::upstream::Asked) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    /// Django and Django REST framework, with django-cors-headers, under gunicorn.
    Django,
    /// The same as an ASGI application under uvicorn.
    DjangoUvicorn,
    /// The same under the server of `manage.py runserver`, which does not hand on the path as received.
    DjangoRunserver,
    /// FastAPI under uvicorn.
    FastApi,
    /// Flask with Flask-CORS, under gunicorn.
    Flask,
    /// The same under the server of `flask run`.
    FlaskRun,
}

/// A framework that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonSite {
    /// Which one.
    pub framework: Framework,
    /// Its name and version, the library's, and what serves it where that is not its usual server.
    pub version: String,
}

/// Python with the packages of `target/test-tools`.
#[must_use]
pub fn python() -> PathBuf {
    test_tools().join("venv/bin/python")
}

impl Framework {
    /// The framework as `target/test-tools` has it, if it is there.
    #[must_use]
    pub fn installed(self) -> Vec<PythonSite> {
        let packages = match self {
            Self::Django => "'Django', 'django-cors-headers'",
            Self::DjangoUvicorn => "'Django', 'django-cors-headers', 'uvicorn'",
            Self::DjangoRunserver => "'Django', 'django-cors-headers', 'asgiref'",
            Self::FastApi => "'FastAPI', 'Starlette'",
            Self::Flask => "'Flask', 'Flask-CORS'",
            Self::FlaskRun => "'Flask', 'Flask-CORS', 'Werkzeug'",
        };
        let script = format!("from importlib.metadata import version\nprint(', '.join(f'{{name}} {{version(name)}}' for name in [{packages}]), end='')");
        let output = Command::new(python()).args(["-c", &script]).output().ok().filter(|output| output.status.success());
        output.map(|output| PythonSite { framework: self, version: String::from_utf8_lossy(&output.stdout).into_owned() }).into_iter().collect()
    }

    /// The files of the application, beside the generated one.
    fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Django | Self::DjangoUvicorn | Self::DjangoRunserver => &[
                ("project/__init__.py", ""),
                ("project/settings.py", include_str!("python/django_settings.py")),
                ("project/urls.py", include_str!("python/django_urls.py")),
                ("project/wsgi.py", include_str!("python/django_wsgi.py")),
                ("project/asgi.py", include_str!("python/django_asgi.py")),
            ],
            Self::FastApi => &[("main.py", include_str!("python/fastapi_main.py"))],
            Self::Flask | Self::FlaskRun => &[("main.py", include_str!("python/flask_main.py"))],
        }
    }

    /// The folder where the generated file belongs.
    fn folder(self) -> &'static str {
        match self {
            Self::Django | Self::DjangoUvicorn | Self::DjangoRunserver => "project",
            Self::FastApi | Self::Flask | Self::FlaskRun => ".",
        }
    }

    /// What serves the application. It is loaded before anything listens, so that a file that cannot be loaded is an error at once.
    fn serve(self, addr: SocketAddr) -> Vec<String> {
        let (host, port) = (addr.ip(), addr.port());
        let arguments = match self {
            Self::DjangoUvicorn => format!("uvicorn --host {host} --port {port} --no-access-log project.asgi:application"),
            Self::DjangoRunserver => format!("django runserver --noreload --settings project.settings {addr}"),
            Self::FlaskRun => format!("flask --app main run --host {host} --port {port}"),
            Self::Django => format!("gunicorn --preload --threads 4 --graceful-timeout 1 --bind {addr} project.wsgi"),
            Self::Flask => format!("gunicorn --preload --threads 4 --graceful-timeout 1 --bind {addr} main"),
            Self::FastApi => format!("uvicorn --host {host} --port {port} --no-access-log main:application"),
        };
        arguments.split(' ').map(str::to_owned).collect()
    }

    /// What ends it at once.
    fn stop_signal(self) -> &'static str {
        match self {
            Self::Django | Self::Flask => "QUIT",
            _ => "TERM",
        }
    }

    /// Loads the files; Django looks at its settings, too.
    fn check(self) -> &'static [&'static str] {
        match self {
            Self::Django | Self::DjangoUvicorn | Self::DjangoRunserver => &["django", "check", "--settings", "project.settings", "--fail-level", "WARNING"],
            Self::FastApi | Self::Flask | Self::FlaskRun => &["main"],
        }
    }
}

/// Python in a folder, where a warning about a regular expression or a string is an error.
fn command(dir: &Path, arguments: &[impl AsRef<std::ffi::OsStr>]) -> Command {
    let own = OWN_CORS_HEADERS.map(|(name, value)| format!("\"{name}\": \"{value}\"")).join(", ");
    let mut command = Command::new(python());
    command.current_dir(dir).args(["-B", "-W", "error::FutureWarning", "-W", "error::SyntaxWarning", "-m"]).args(arguments);
    command.env("OWN_CORS_HEADERS", format!("{{{own}}}"));
    command
}

fn write(dir: &Path, name: &str, text: &str) -> io::Result<()> {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap_or(dir))?;
    fs::write(path, text)
}

impl Program for PythonSite {
    fn name(&self) -> String {
        self.version.clone()
    }

    fn start(&self, files: &[(&str, &str)], _upstream: SocketAddr) -> Result<Server, String> {
        Server::start(|dir, addr| {
            write(dir, "asked.py", include_str!("python/asked.py"))?;
            let middleware =
                if files.iter().any(|(_, text)| text.contains("class CorsMiddleware")) { "project.cors_settings" } else { "corsheaders.middleware" };
            self.framework.files().iter().try_for_each(|(name, text)| write(dir, name, &text.replace("{cors}", middleware)))?;
            files.iter().try_for_each(|(name, text)| write(&dir.join(self.framework.folder()), name, text))?;
            let command = command(dir, &self.framework.serve(addr));
            Ok(Launch { command, ready_file: None, stop_signal: self.framework.stop_signal() })
        })
    }

    fn check(&self, dir: &Path) -> Result<String, String> {
        let output = command(dir, self.framework.check()).output().map_err(|error| error.to_string())?;
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    fn is_proxy(&self) -> bool {
        false
    }
}
