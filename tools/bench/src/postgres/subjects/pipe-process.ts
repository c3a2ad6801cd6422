/** `pipe-process.ts PORT HOST UPSTREAM_PORT`: copies bytes both ways and looks at none. */
import { connect, createServer } from 'node:net';

const [port = '', host = '', upstreamPort = ''] = process.argv.slice(2);
const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host, port: Number(upstreamPort), noDelay: true });
  client.pipe(upstream).pipe(client);
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));
