import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.gz': 'application/octet-stream',
};

/** Path of a Chromium: one that is there, or Debian's, installed if this process may. */
export function findChromium() {
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = () => process.env.CHROMIUM ?? known.find((path) => existsSync(path));
  if (found() === undefined && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    spawnSync(
      'sh',
      [
        '-c',
        'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium',
      ],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
  }
  return found();
}

/** Serves a folder on a free port of this machine. */
export function serve(folder) {
  const server = createServer((request, response) => {
    const path = join(folder, decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    if (!path.startsWith(folder) || !existsSync(path)) return response.writeHead(404).end();
    return response
      .writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' })
      .end(readFileSync(path));
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` })),
  );
}

/**
 * Opens `index.html` of the project in Chromium and returns what the page writes into `document.title` once it is done.
 *
 * @param graphics flags that say what Chromium draws and computes with
 */
export async function runInChromium(project, graphics = ['--disable-gpu']) {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('No Chromium here: install it, or name one in the variable CHROMIUM.');
  const { server, url } = await serve(project);
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      ...graphics,
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  try {
    const page = await browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(`${url}/index.html`);
    await page
      .waitForFunction(() => /^(done|failed):/.test(globalThis.document.title), undefined, { timeout: 60_000 })
      .catch(() => {});
    const title = await page.title();
    if (!title.startsWith('done:')) throw new Error([`The page says "${title}".`, ...problems].join('\n'));
    return title.slice('done:'.length).trim();
  } finally {
    await browser.close();
    server.close();
  }
}
