// A table of fetches comes in as JSON on standard input; what a real Chromium did with each goes out as JSON on standard output.
//
//   node drive.mjs PLAYWRIGHT CHROMIUM < table.json
//
// In:  { "api": { "address": "127.0.0.1:PORT", "host": NAME, "tls_host": NAME }, "probes": [HEADER, ...],
//        "fetches": [{ "page": URL, "sandboxed": BOOL, "url": URL, "before": INIT | null, "init": INIT }, ...] }
// Out: [{ "verdict": "allow" | NAME, "status": N | null, "visible": [HEADER, ...] }, ...]
//
// NAME is Chromium's name of the CORS error, or the kind of the exception where the script's words alone raise it.
//
// Every name resolves to loopback: `host` to the server at `address`, everything else to a front server of this script, which takes
// http and https on one port. It serves an empty page for every host; what comes for `tls_host` it decrypts and hands on to `address`.
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer } from 'node:tls';
import { pathToFileURL } from 'node:url';

const LIMIT = 90_000; // For the whole run.
const SETTLE = 5_000; // For the browser's own account of a fetch that the script has seen end.
const TLS_RECORD = 0x16;

const [playwright, executablePath] = process.argv.slice(2);
const { chromium } = await import(pathToFileURL(join(playwright, 'index.mjs')));
const { api, probes, fetches } = JSON.parse(await text(process.stdin));

/** A certificate for every host of the table. Chromium is told its key, because it caches nothing where it ignores all faults. */
function certificate(folder) {
  const hosts = new Set([api.tls_host, ...fetches.map(({ page }) => new URL(page).hostname)]);
  const names = [...hosts].map((host) => `DNS:${host}`).join(',');
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${names}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: ['ignore', 'ignore', 'pipe'] });
  const info = new X509Certificate(readFileSync(cert)).publicKey.export({ type: 'spki', format: 'der' });
  return { key: readFileSync(key), cert: readFileSync(cert), spki: createHash('sha256').update(info).digest('base64') };
}

/** The front server; resolves to its port. */
async function front(pair) {
  const pages = createHttpServer((request, response) => {
    const frame = request.url === '/frame' ? '<iframe sandbox="allow-scripts" src="/inner"></iframe>' : '';
    response.setHeader('Content-Type', 'text/html').end(`<!doctype html><link rel="icon" href="data:,">${frame}`);
  });
  const tls = createTlsServer(pair, (socket) => {
    if (socket.servername !== api.tls_host) return pages.emit('connection', socket);
    const [host, port] = api.address.split(':');
    const server = connect(Number(port), host);
    for (const [from, to] of [[socket, server], [server, socket]]) from.on('error', () => to.destroy()).pipe(to);
  });
  const listener = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const bytes = socket.read();
      if (bytes === null) return;
      socket.unshift(bytes);
      (bytes[0] === TLS_RECORD ? tls : pages).emit('connection', socket);
    });
  });
  await new Promise((listening) => listener.listen(0, '127.0.0.1', listening));
  return listener.address().port;
}

function flags(port, spki) {
  return [
    `--host-resolver-rules=MAP ${api.host} ${api.address}, MAP * 127.0.0.1:${port}`,
    `--ignore-certificate-errors-spki-list=${spki}`,
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--no-proxy-server',
  ];
}

/** Notes what Chromium says of the requests of one fetch. */
class Recorder {
  constructor(session) {
    session.on('Network.requestWillBeSent', (event) => this.note(event.requestId, { type: event.type }));
    session.on('Network.loadingFinished', (event) => this.note(event.requestId, { ended: true }));
    session.on('Network.loadingFailed', (event) => {
      this.note(event.requestId, { ended: true, error: event.corsErrorStatus?.corsError ?? event.blockedReason ?? event.errorText });
    });
    this.begin();
  }

  begin() {
    this.requests = new Map();
  }

  note(id, what) {
    this.requests.set(id, { ...this.requests.get(id), ...what });
    this.wake?.();
  }

  /** The fetch itself: neither its preflight, nor what was loaded before it. */
  get fetch() {
    return [...this.requests.values()].findLast(({ type }) => type === 'Fetch');
  }

  async settled() {
    const deadline = Date.now() + SETTLE;
    while (!this.fetch?.ended) {
      const rest = deadline - Date.now();
      if (rest <= 0) throw new Error('Chromium says nothing of the end of a fetch');
      await new Promise((wake) => {
        this.wake = wake;
        setTimeout(wake, rest).unref();
      });
    }
    return this.fetch;
  }
}

/** The frame at an origin that runs the fetches, with the record of what the network does for it. */
async function open(context, { page: url, sandboxed }) {
  const page = await context.newPage();
  await page.goto(sandboxed ? new URL('/frame', url).href : url);
  const frame = sandboxed ? page.frames()[1] : page.mainFrame();
  // A sandboxed frame may have a process, and then a session, of its own.
  const session = await context.newCDPSession(frame).catch(() => context.newCDPSession(page));
  await session.send('Network.enable');
  return { frame, recorder: new Recorder(session) };
}

/** Runs in the page. */
async function script({ url, before, init, probes }) {
  try {
    if (before) await (await fetch(url, before)).text();
    const response = await fetch(url, init);
    await response.text();
    return { status: response.status, visible: probes.filter((name) => response.headers.has(name)) };
  } catch (error) {
    return { message: `${error.name}: ${error.message}` };
  }
}

async function run({ frame, recorder }, { url, before, init }) {
  recorder.begin();
  const seen = await frame.evaluate(script, { url, before, init, probes });
  if (seen.message === 'TypeError: Failed to fetch') {
    const { error } = await recorder.settled();
    if (!error) throw new Error('the script saw a network error, the network none');
    return { verdict: error, status: null, visible: [] };
  }
  return seen.message ? { verdict: seen.message.split(':')[0], status: null, visible: [] } : { verdict: 'allow', ...seen };
}

async function main(folder) {
  const { spki, ...pair } = certificate(folder);
  const args = flags(await front(pair), spki);
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), { executablePath, args, chromiumSandbox: false, headless: true });
  try {
    const places = new Map();
    const results = [];
    for (const fetch of fetches) {
      const key = `${fetch.page} ${fetch.sandboxed}`;
      if (!places.has(key)) places.set(key, await open(context, fetch));
      results.push(await run(places.get(key), fetch).catch((error) => {
        throw new Error(`${JSON.stringify(fetch)}: ${error.message}`);
      }));
    }
    return results;
  } finally {
    await context.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'cors-chromium-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
// Playwright ends the browser together with this process.
setTimeout(() => { console.error(`not done after ${LIMIT} ms`); process.exit(1); }, LIMIT).unref();
const results = await main(folder);
process.stdout.write(JSON.stringify(results), () => process.exit(0));
