// Opens a page in headless Chromium without a network, and tells what it finds there.
//   usage: node browser.cjs PAGE[#FRAGMENT] [--size WxH] [--screenshot FILE.png] [--full]
//                           [--pdf FILE.pdf] [EXPRESSION]
// Prints the value of EXPRESSION in the page as JSON (a promise is waited for). Fails where
// the page logs an error, throws, or asks for anything but itself. Speaks the DevTools
// protocol over a pipe, so that it needs nothing but node and chromium.
'use strict';
const { spawn } = require('child_process'), fs = require('fs'), os = require('os'), path = require('path');

const options = { size: '1400x900' }, words = [];
for (let i = 2; i < process.argv.length; i++) {
  const name = process.argv[i].replace(/^--/, '');
  if (process.argv[i] === '--full')
    options.full = true;
  else if (['size', 'screenshot', 'pdf'].includes(name) && process.argv[i].startsWith('--'))
    options[name] = process.argv[++i];
  else
    words.push(process.argv[i]);
}
const [page, expression] = words, [width, height] = options.size.split('x').map(Number);
const url = 'file://' + path.resolve(page.split('#')[0]) + (page.includes('#') ? '#' + page.split('#')[1] : '');

const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'browser-'));
const browser = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe',
  '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND', `--user-data-dir=${profile}`,
  '--no-first-run', '--disable-extensions', '--allow-file-access-from-files=false'],
{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });

let next = 0, buffered = '';
const waiting = new Map(), problems = [], listeners = [];
const send = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
  waiting.set(++next, { resolve, reject });
  browser.stdio[3].write(JSON.stringify({ id: next, method, params, sessionId }) + '\0');
});
browser.stdio[4].on('data', bytes => {
  buffered += bytes;
  for (let end = buffered.indexOf('\0'); end >= 0; end = buffered.indexOf('\0')) {
    const message = JSON.parse(buffered.slice(0, end));
    buffered = buffered.slice(end + 1);
    if (message.id) {
      const { resolve, reject } = waiting.get(message.id);
      message.error ? reject(new Error(message.error.message)) : resolve(message.result);
    } else {
      listeners.forEach(listen => listen(message));
    }
  }
});

function watch({ method, params }) {
  if (method === 'Runtime.exceptionThrown')
    problems.push('throws: ' + (params.exceptionDetails.exception?.description || params.exceptionDetails.text));
  if (method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(params.type))
    problems.push('console: ' + params.args.map(a => a.value || a.description).join(' '));
  if (method === 'Log.entryAdded' && params.entry.level === 'error')
    problems.push('log: ' + params.entry.text);
  if (method === 'Network.requestWillBeSent' && params.request.url !== url.split('#')[0] &&
      !params.request.url.startsWith('data:'))
    problems.push('asks for ' + params.request.url);
}

async function main() {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const tell = (method, params) => send(method, params, sessionId);
  listeners.push(watch);
  for (const domain of ['Page', 'Runtime', 'Log', 'Network'])
    await tell(domain + '.enable');
  await tell('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
  const loaded = new Promise(resolve => listeners.push(m => m.method === 'Page.loadEventFired' && resolve()));
  await tell('Page.navigate', { url });
  await loaded;
  if (expression) {
    const { result, exceptionDetails } = await tell('Runtime.evaluate',
      { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails)
      problems.push('expression: ' + (exceptionDetails.exception?.description || exceptionDetails.text));
    else
      console.log(typeof result.value === 'string' ? result.value : JSON.stringify(result.value));
  }
  if (options.screenshot) {
    const { cssContentSize: all } = await tell('Page.getLayoutMetrics');
    const shot = await tell('Page.captureScreenshot', options.full
      ? { captureBeyondViewport: true, clip: { x: 0, y: 0, width: all.width, height: all.height, scale: 1 } } : {});
    fs.writeFileSync(options.screenshot, Buffer.from(shot.data, 'base64'));
  }
  if (options.pdf) {
    const pdf = await tell('Page.printToPDF', { preferCSSPageSize: true });
    fs.writeFileSync(options.pdf, Buffer.from(pdf.data, 'base64'));
  }
  await send('Browser.close').catch(() => {});
}

/* What the browser still writes as it ends may be in the way of removing its folder. */
function finish() {
  clearTimeout(late);
  problems.forEach(problem => console.error(problem));
  process.exitCode = problems.length ? 1 : 0;
  const remove = tries => {
    try {
      fs.rmSync(profile, { recursive: true, force: true });
    } catch (error) {
      if (tries > 0)
        setTimeout(remove, 200, tries - 1);
    }
  };
  if (browser.exitCode !== null || browser.signalCode !== null || browser.pid === undefined) {
    remove(20);
    return;
  }
  const killing = setTimeout(() => browser.kill('SIGKILL'), 3000);
  browser.once('exit', () => { clearTimeout(killing); remove(20); });
}
const late = setTimeout(() => { problems.push('nothing for two minutes'); browser.kill(); finish(); }, 120000);
browser.on('error', error => { problems.push(error.message); finish(); });
main().catch(error => problems.push(error.message)).then(finish);
