/** Runs an entry point that needs bundling: `node scripts/run.ts src/main.ts [arguments]`. */
import { pathToFileURL } from 'node:url'
import { buildOnce } from './build.ts'

const [entry, ...rest] = process.argv.slice(2)
if (!entry) {
  console.error('Say which file to run, such as src/main.ts.')
  process.exit(1)
}
const main = await buildOnce(entry)
process.argv = [process.argv[0]!, main, ...rest]
process.setSourceMapsEnabled(true)
await import(pathToFileURL(main).href)
