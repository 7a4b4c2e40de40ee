/** A mail server on loopback that takes every mail and keeps it: as much of SMTP (RFC 5321) as one sender needs. */
import { createServer, type Socket } from 'node:net'

export type Mail = { from: string; to: string[]; text: string }
export type MailServer = {
  url: string
  mails: Mail[]
  /** While true, recipients are refused for now (451). */
  busy: boolean
  close: () => Promise<void>
}

export async function startMailServer(): Promise<MailServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    talk(socket, state)
  })
  const state: MailServer = {
    url: '',
    mails: [],
    busy: false,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => done())
      }),
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The mail server has no port.')
  state.url = `smtp://127.0.0.1:${address.port}`
  return state
}

function talk(socket: Socket, state: MailServer): void {
  let rest = ''
  let mail: Mail = { from: '', to: [], text: '' }
  let inText = false
  const say = (line: string) => socket.write(`${line}\r\n`)
  say('220 mail.test ready')
  socket.setEncoding('utf8')
  socket.on('error', () => {})
  socket.on('data', (piece: string) => {
    rest += piece
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end)
      rest = rest.slice(end + 2)
      if (inText) takeText(line)
      else takeCommand(line)
    }
  })

  function takeText(line: string): void {
    if (line !== '.') {
      mail.text += `${line.replace(/^\.\./, '.')}\n`
      return
    }
    inText = false
    state.mails.push(mail)
    mail = { from: '', to: [], text: '' }
    say('250 kept')
  }

  function takeCommand(line: string): void {
    const [verb = ''] = line.toUpperCase().split(/[ :]/)
    const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
    switch (verb) {
      case 'EHLO':
      case 'HELO':
        return void say('250 mail.test')
      case 'MAIL':
        mail = { from: address, to: [], text: '' }
        return void say('250 ok')
      case 'RCPT':
        if (state.busy) return void say('451 try again later')
        mail.to.push(address)
        return void say('250 ok')
      case 'DATA':
        inText = true
        return void say('354 go on')
      case 'QUIT':
        say('221 bye')
        return void socket.end()
      case 'RSET':
      case 'NOOP':
        return void say('250 ok')
      default:
        return void say('502 not known here')
    }
  }
}
