// Asks a server the same thing again and again over kept-alive connections, in a process of its own, so that it has another core. A line `port path
// seconds` on its input is answered by the number of answers a second. Sockets as bare as can be: what is measured is the server.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const CONNECTIONS = 10;

function ask(port: number, path: string, seconds: number): Promise<number> {
  const request = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`;
  const endMs = performance.now() + seconds * 1_000;
  let answers = 0;
  const startMs = performance.now();
  const one = (): Promise<void> =>
    new Promise((done, fail) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.setNoDelay(true).write(request);
      socket.on('error', fail);
      socket.on('data', (part: Buffer) => {
        text += part.toString('latin1');
        const head = text.indexOf('\r\n\r\n');
        const length = /content-length: (\d+)/i.exec(text)?.[1];
        if (head < 0 || length === undefined || text.length < head + 4 + Number(length)) return;
        if (!text.startsWith('HTTP/1.1 200')) fail(new Error(text));
        text = '';
        answers++;
        if (performance.now() < endMs) socket.write(request);
        else socket.end(() => done());
      });
    });
  return Promise.all(Array.from({ length: CONNECTIONS }, one)).then(
    () => (answers / (performance.now() - startMs)) * 1_000,
  );
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [port = '', path = '', seconds = ''] = line.split(' ');
  void ask(Number(port), path, Number(seconds)).then((rate) => process.stdout.write(`${rate}\n`));
});
