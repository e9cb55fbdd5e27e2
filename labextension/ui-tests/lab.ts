/**
 * A JupyterLab of its own for the tests, in a mount namespace in which they can mount.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHECKOUT, INSTALLED, MAY_MOUNT, PYTHON } from './machine';

/**
 * Milliseconds that JupyterLab may take to start on a slow machine.
 */
const START = 240_000;

const BUILT = path.join(CHECKOUT, 'ide49_storage', 'labextension');

export class Lab {
  /**
   * A JupyterLab that answers, with an empty home and an empty folder to serve.
   */
  static async start(): Promise<Lab> {
    const lab = new Lab(await freePort());
    await lab.start();
    return lab;
  }

  private constructor(private readonly port: number) {
    for (const folder of ['notebooks', 'home', 'runtime', 'labextensions']) {
      fs.mkdirSync(path.join(this.scratch, folder));
    }
    if (INSTALLED === undefined) {
      if (!fs.existsSync(path.join(BUILT, 'package.json'))) {
        throw new Error('The panel is not built: run "make panel" first');
      }
      fs.symlinkSync(
        BUILT,
        path.join(this.scratch, 'labextensions', 'ide49-storage')
      );
    }
  }

  readonly token = 'a-token-for-tests-only';

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * The folder that Jupyter serves.
   */
  get root(): string {
    return path.join(this.scratch, 'notebooks');
  }

  /**
   * Start the server again after `stop`: same port, same token, same folders.
   */
  async start(): Promise<void> {
    const command = [
      ...(MAY_MOUNT ? ['unshare', '--mount', '--propagation', 'private'] : []),
      PYTHON,
      '-m',
      'jupyterlab',
      `--config=${path.join(__dirname, 'jupyter_server_test_config.py')}`
    ];
    const log = fs.openSync(path.join(this.scratch, 'lab.log'), 'a');
    // `unshare` becomes the server, so this is the server's own process id.
    this.server = spawn(command[0], command.slice(1), {
      env: this.environment(),
      stdio: ['ignore', log, log]
    });
    fs.closeSync(log);
    await this.answer();
  }

  /**
   * End the server, and with it every mount that was made in its namespace.
   */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server && server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      const hangs = setTimeout(() => server.kill('SIGKILL'), 60_000);
      await ended;
      clearTimeout(hangs);
    }
  }

  /**
   * End the server and remove all that it left.
   */
  async remove(): Promise<void> {
    await this.stop();
    fs.rmSync(this.scratch, { recursive: true, force: true });
  }

  /**
   * Mount a file system in memory on a folder below the one that Jupyter serves.
   */
  mountMemory(folder: string): string {
    const point = path.join(this.root, folder);
    fs.mkdirSync(point, { recursive: true });
    this.inside('mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', point);
    return point;
  }

  /**
   * Show a folder at a second place; both below the folder that Jupyter serves.
   */
  bind(folder: string, at: string): string {
    const [from, to] = [folder, at].map(name => path.join(this.root, name));
    for (const point of [from, to]) {
      fs.mkdirSync(point, { recursive: true });
    }
    this.inside('mount', '--bind', from, to);
    return to;
  }

  unmount(point: string): void {
    this.inside('umount', point);
  }

  private inside(...command: string[]): void {
    const pid = this.server?.pid;
    if (pid === undefined) {
      throw new Error('The server does not run');
    }
    execFileSync('nsenter', ['--target', String(pid), '--mount', ...command]);
  }

  private environment(): NodeJS.ProcessEnv {
    const below = (name: string) => path.join(this.scratch, name);
    return {
      HOME: below('home'),
      JUPYTER_CONFIG_DIR: below('home/config'),
      JUPYTER_DATA_DIR: below('home/data'),
      JUPYTER_PATH: this.scratch,
      JUPYTER_RUNTIME_DIR: below('runtime'),
      LAB_PORT: String(this.port),
      LAB_ROOT: this.root,
      LAB_TOKEN: this.token,
      LANG: 'C.UTF-8',
      PATH: process.env.PATH,
      ...(INSTALLED === undefined && { PYTHONPATH: CHECKOUT })
    };
  }

  private async answer(): Promise<void> {
    const status = `${this.url}/api/status?token=${this.token}`;
    const deadline = Date.now() + START;
    while (Date.now() < deadline && this.server?.exitCode === null) {
      const signal = AbortSignal.timeout(10_000);
      const response = await fetch(status, { signal }).catch(() => null);
      if (response?.ok) {
        return;
      }
      await sleep(200);
    }
    const log = fs.readFileSync(path.join(this.scratch, 'lab.log'), 'utf8');
    throw new Error(`JupyterLab did not start:\n${log.slice(-4000)}`);
  }

  private readonly scratch = fs.mkdtempSync(
    path.join(os.tmpdir(), 'ide49-storage-ui-')
  );
  private server: ChildProcess | null = null;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
