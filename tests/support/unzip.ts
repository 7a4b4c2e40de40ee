import yauzl from 'yauzl'

/** The entries of an archive, by name. */
export function unzip(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  return new Promise((done, failed) => {
    yauzl.fromBuffer(Buffer.from(bytes), { lazyEntries: true }, (error, zip) => {
      if (error) return failed(error)
      const entries = new Map<string, Buffer>()
      zip.on('error', failed)
      zip.on('end', () => done(entries))
      zip.on('entry', (entry) => {
        zip.openReadStream(entry, (broken, stream) => {
          if (broken) return failed(broken)
          const pieces: Buffer[] = []
          stream.on('error', failed)
          stream.on('data', (piece: Buffer) => pieces.push(piece))
          stream.on('end', () => {
            entries.set(entry.fileName, Buffer.concat(pieces))
            zip.readEntry()
          })
        })
      })
      zip.readEntry()
    })
  })
}
