import { connect, createServer } from 'node:net'

// A tunnel as ssh and kubectl make it: listens on a loopback port (or a Unix socket) and carries every connection on.
const [listenAt = '', port = '', host = '127.0.0.1'] = process.argv.slice(2)

const server = createServer((near) => {
  console.log('connection')
  const far = connect({ port: Number(port), host })
  near.pipe(far).pipe(near)
  near.on('error', () => far.destroy())
  far.on('error', () => near.destroy())
})
const listening = () => {
  const address = server.address()
  console.log(`listening ${typeof address === 'object' ? address?.port : address}`)
}
if (listenAt.startsWith('/')) server.listen(listenAt, listening)
else server.listen(Number(listenAt), '127.0.0.1', listening)
