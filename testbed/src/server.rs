//! A server program as a plain child process: a command that knows its folder and port in, a guard that stops it out. Where a process takes long to
//! start, it can hold several servers, each with a guard of its own.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const START_LIMIT: Duration = Duration::from_secs(10);
const STOP_LIMIT: Duration = Duration::from_secs(3);
const TICK: Duration = Duration::from_millis(10);
/// Between choosing a free port and binding it, another process can take it.
const ATTEMPTS: usize = 5;

/// How a server is started and stopped.
#[derive(Debug)]
pub struct Launch {
    /// Runs the server in the foreground, logging to standard error.
    pub command: Command,
    /// A file in the server's folder that it writes once it listens: a port that answers may be another server's.
    pub ready_file: Option<&'static str>,
    /// The signal that asks it to end, such as `QUIT` or `TERM`.
    pub stop_signal: &'static str,
}

/// A running server; it is stopped, and its folder removed, when it is dropped.
#[derive(Debug)]
pub struct Server {
    process: Process,
    addr: SocketAddr,
    dir: TempDir,
}

#[derive(Debug)]
enum Process {
    Own {
        child: Child,
        stop_signal: &'static str,
    },
    /// One of several servers in a process that another value owns. It ends this one when the connection ends.
    Shared(#[expect(dead_code, reason = "what counts is that it is open")] TcpStream),
}

enum Failure {
    PortTaken,
    Other(String),
}

impl Server {
    /// Starts a server in a folder of its own, on a free port of 127.0.0.1, and waits until it accepts.
    ///
    /// `prepare` writes the server's files into the folder. It is called again with another port where the
    /// first was taken in between.
    ///
    /// # Errors
    /// Files cannot be written, the program is missing, or it ends at once; then the text is its log.
    pub fn start(prepare: impl Fn(&Path, SocketAddr) -> io::Result<Launch>) -> Result<Self, String> {
        for _ in 0..ATTEMPTS {
            match Self::attempt(&prepare) {
                Ok(server) => return Ok(server),
                Err(Failure::PortTaken) => {}
                Err(Failure::Other(message)) => return Err(message),
            }
        }
        Err(format!("{ATTEMPTS} free ports in a row were taken"))
    }

    /// A server that runs in another server's process for as long as a connection to that process is open.
    #[must_use]
    pub fn hosted(addr: SocketAddr, dir: TempDir, connection: TcpStream) -> Self {
        Self { process: Process::Shared(connection), addr, dir }
    }

    fn attempt(prepare: &impl Fn(&Path, SocketAddr) -> io::Result<Launch>) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::Other(error.to_string());
        let dir = folder().map_err(failed)?;
        let addr = free_addr().map_err(failed)?;
        let mut launch = prepare(dir.path(), addr).map_err(failed)?;
        let log = File::create(log_file(dir.path())).map_err(failed)?;
        let child = launch.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().map_err(failed)?;
        let mut server = Self { process: Process::Own { child, stop_signal: launch.stop_signal }, addr, dir };
        server.wait_until_ready(launch.ready_file)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, ready_file: Option<&str>) -> Result<(), Failure> {
        let deadline = Instant::now() + START_LIMIT;
        while Instant::now() < deadline {
            let is_ready = ready_file.is_none_or(|file| self.dir().join(file).exists());
            if is_ready && TcpStream::connect(self.addr).is_ok() {
                return Ok(());
            }
            let log = self.error_log();
            if log.to_ascii_lowercase().contains("address already in use") {
                return Err(Failure::PortTaken);
            }
            if self.has_ended() {
                return Err(Failure::Other(self.error_log()));
            }
            sleep(TICK);
        }
        let log = self.error_log();
        Err(Failure::Other(format!("not ready after {START_LIMIT:?}: {log}")))
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The process that was started for this server alone; others may work for it.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        match &self.process {
            Process::Own { child, .. } => Some(child.id()),
            Process::Shared(_) => None,
        }
    }

    /// The folder with its files.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// What it has logged so far.
    #[must_use]
    pub fn error_log(&self) -> String {
        let log = fs::read(log_file(self.dir())).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Whether it still runs.
    #[must_use]
    pub fn is_running(&mut self) -> bool {
        !self.has_ended()
    }

    fn has_ended(&mut self) -> bool {
        match &mut self.process {
            Process::Own { child, .. } => !matches!(child.try_wait(), Ok(None)),
            Process::Shared(_) => TcpStream::connect(self.addr).is_err(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Process::Own { child, stop_signal } = &mut self.process else { return };
        // The shell's own `kill`, because the standard library sends no signal but KILL, which would orphan workers.
        let _ = Command::new("sh").args(["-c", r#"kill -s "$0" "$1""#, stop_signal]).arg(child.id().to_string()).stderr(Stdio::null()).status();
        let deadline = Instant::now() + STOP_LIMIT;
        while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
            sleep(TICK);
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// An address at which nothing listens, as long as this lives: a service that is down.
#[derive(Debug)]
pub struct DeadAddr {
    addr: SocketAddr,
    // The near end of an open connection: its port is in use, hence nobody else's, and yet refuses connections.
    _connection: TcpStream,
    _listener: TcpListener,
}

impl DeadAddr {
    /// Takes such an address on 127.0.0.1.
    ///
    /// # Errors
    /// No port is to be had.
    pub fn new() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let connection = TcpStream::connect(listener.local_addr()?)?;
        Ok(Self { addr: connection.local_addr()?, _connection: connection, _listener: listener })
    }

    /// The address.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

/// An empty folder that a server's unprivileged workers can read too.
///
/// # Errors
/// The folder cannot be made.
pub fn folder() -> io::Result<TempDir> {
    let dir = tempfile::Builder::new().prefix("cors-testbed-").tempdir()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755))?;
    }
    Ok(dir)
}

/// Below the ports that systems give out by themselves: whatever asks for just any port, every connection among that, is given none that a server
/// is about to listen at. Otherwise it could be there first, and answer in the server's place.
const PORTS: Range<u16> = 10_240..32_000;

/// Every call tries the next one; processes begin in different places.
fn free_addr() -> io::Result<SocketAddr> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let count = PORTS.len() as u32;
    let first = std::process::id().wrapping_mul(997);
    for _ in PORTS {
        let port = PORTS.start + (first.wrapping_add(CALLS.fetch_add(1, Ordering::Relaxed)) % count) as u16;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok((Ipv4Addr::LOCALHOST, port).into());
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

fn log_file(dir: &Path) -> PathBuf {
    dir.join("error.log")
}
