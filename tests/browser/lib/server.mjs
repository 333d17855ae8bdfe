// The real server, as a person would start it; killed and restarted when a story asks for it.

import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, access } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { createServer as createHttp, request as forward } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that goes away with its owner. */
export const temporary = () => mkdtemp(join(tmpdir(), 'deskbell-stories-'));

/** The first line of standard output that `wanted` finds something in. */
function firstLine(child, wanted) {
  return new Promise((found, failed) => {
    let text = '';
    const timer = setTimeout(() => failed(new Error(`the server said nothing useful:\n${text}`)), 60_000);
    child.stdout.on('data', (bytes) => {
      text += bytes;
      const match = wanted(text);
      if (match) { clearTimeout(timer); found(match); }
    });
    child.once('error', failed);
    child.once('exit', (code) => { clearTimeout(timer); failed(new Error(`the server ended with ${code}:\n${text}\n${child.noise}`)); });
  });
}

export class Server {
  constructor(binary, file) { Object.assign(this, { binary, file, port: 0, child: null, command: 'demo', env: {} }); }

  /** Starts it, on the same port as before when there was one. */
  async start() {
    const where = ['--listen', `127.0.0.1:${this.port}`];
    const args = this.command === 'demo' ? ['demo', this.file, '--json', ...where] : ['serve', '--data', this.file, ...where];
    const env = { ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('DESKBELL_'))), ...this.env };
    const child = spawn(this.binary, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    child.noise = '';
    child.stderr.on('data', (bytes) => { child.noise = (child.noise + bytes).slice(-20_000); });
    this.child = child;
    if (this.command === 'demo') {
      this.demo = await firstLine(child, (text) => text.includes('\n') && JSON.parse(text.split('\n')[0]));
      this.base = this.demo.base;
    } else {
      const [, base, token] = await firstLine(child, (text) => /(http:\S+)\/desk#setup=(\S+)/.exec(text));
      Object.assign(this, { base, setup: token });
    }
    this.port = Number(new URL(this.base).port);
    return this;
  }

  /** Ends it, gently or not, and waits until it is gone. */
  async stop(signal = 'SIGTERM') {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await gone;
  }
}

/** A demo's file, made once; every story gets a copy and a server of its own. */
export class Template {
  async make(binary) {
    this.binary = binary;
    this.folder = await temporary();
    this.file = join(this.folder, 'template.db');
    const server = await new Server(binary, this.file).start();
    return server;
  }

  async copy(folder) {
    const file = join(folder, 'demo.db');
    for (const end of ['', '-wal']) {
      const from = this.file + end;
      if (await access(from).then(() => true, () => false)) await copyFile(from, file + end);
    }
    return new Server(this.binary, file);
  }

  async remove() { await rm(this.folder, { recursive: true, force: true }); }
}

/** A line between browser and server that can be cut, as a train in a tunnel does it, or that lets no socket through, as an office does it. */
export class Line {
  constructor(port) { Object.assign(this, { port, broken: false, plain: false, sockets: new Set() }); }

  async open() {
    this.server = createServer((socket) => {
      if (this.broken) { socket.destroy(); return; }
      const far = connect(this.port, '127.0.0.1');
      for (const end of [socket, far]) {
        this.sockets.add(end);
        end.on('error', () => {});
        end.on('close', () => { this.sockets.delete(end); socket.destroy(); far.destroy(); });
      }
      socket.on('data', (bytes) => {
        if (!this.plain || !/\r\nupgrade: websocket/i.test(bytes.toString('latin1'))) { far.write(bytes); return; }
        socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      });
      socket.on('end', () => far.end());
      far.pipe(socket);
    });
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.base = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  cut() { this.broken = true; for (const socket of this.sockets) socket.destroy(); }
  mend() { this.broken = false; }
  close() { this.cut(); this.server.close(); }
}

/** Somebody's own site, on another origin (and site) than the chat. */
export class Site {
  constructor() { this.pages = new Map(); }

  async open() {
    this.server = createHttp((request, answer) => {
      const page = this.pages.get(new URL(request.url, 'http://site').pathname);
      if (!page) { answer.writeHead(request.url === '/favicon.ico' ? 204 : 404).end(); return; }
      answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers }).end(page.html);
    });
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.base = `http://localhost:${this.server.address().port}`;
    return this;
  }

  /** Puts a page there and answers its address. */
  page(path, html, headers = {}) { this.pages.set(path, { html, headers }); return this.base + path; }
  close() { this.server.closeAllConnections(); this.server.close(); }
}

/** A proxy as people put before a server: below a path of its own, and with little patience for lines on which nothing is said. */
export class Proxy {
  constructor() { this.lines = new Set(); }

  /** @param {number} port of the server @param {{path?: string, idle_ms?: number}} [how] */
  async open(port, { path = '', idle_ms: idle = 0 } = {}) {
    this.server = createHttp((request, answer) => {
      if (!request.url.startsWith(`${path}/`)) { answer.writeHead(404).end(); return; }
      const far = forward({ port, host: '127.0.0.1', method: request.method, path: request.url.slice(path.length), headers: request.headers }, (reply) => {
        answer.writeHead(reply.statusCode, reply.rawHeaders.length ? reply.headers : {});
        reply.pipe(answer);
      });
      far.on('error', () => answer.destroy());
      request.pipe(far);
    });
    this.server.on('upgrade', (request, socket) => {
      const far = connect(port, '127.0.0.1', () => {
        far.write(`${request.method} ${request.url.slice(path.length)} HTTP/1.1\r\n${request.rawHeaders.reduce((text, part, at) => text + part + (at % 2 ? '\r\n' : ': '), '')}\r\n`);
        far.pipe(socket).pipe(far);
      });
      this.lines.add(socket);
      for (const end of [socket, far]) {
        end.on('error', () => {});
        end.on('close', () => { this.lines.delete(socket); socket.destroy(); far.destroy(); });
        if (idle) end.setTimeout(idle, () => end.destroy());
      }
    });
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.base = `http://127.0.0.1:${this.server.address().port}${path}`;
    return this;
  }

  /** What a proxy does to lines that were silent for too long. */
  cutSilent() { for (const line of this.lines) line.destroy(); }
  close() { this.server.closeAllConnections(); this.cutSilent(); this.server.close(); }
}
