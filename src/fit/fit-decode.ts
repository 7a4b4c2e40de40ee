/** What a FIT file says, by message, through fit-file-parser. Nothing else in the product knows that library's reader. */
import FitParser, { getFitGarminProductDisplayName } from 'fit-file-parser'
import { type FitPart, fitParts, messageNumber } from './fit-parts.ts'
import { UnreadableFile } from './unreadable.ts'

/** A decoded message: profile names in snake case, SI units, dates; what the device marked as unknown is absent. */
export type FitMessage = Readonly<Record<string, unknown>>

/** One FIT file of a chain. */
export type FitFile = {
  fileId: FitMessage
  sports: FitMessage[]
  sessions: FitMessage[]
  laps: FitMessage[]
  records: FitMessage[]
  devices: FitMessage[]
  activity: FitMessage | null
  heartRates: FitMessage[]
  sets: FitMessage[]
  /** Category and name numbers of each set, as FIT numbers them. */
  setExercises: { category: number | null; name: number | null }[]
}

/**
 * Decodes every FIT file in the bytes.
 * @throws UnreadableFile with a sentence when the file is damaged
 */
export function decodeFit(bytes: Uint8Array): FitFile[] {
  return fitParts(bytes).map(decodePart)
}

function decodePart(part: FitPart): FitFile {
  const data = parse(part, new FitParser({ mode: 'list', force: true }))
  const messages = new Map<string, FitMessage[]>(Object.entries(data.messages ?? {}))
  return {
    fileId: messages.get('file_id')?.[0] ?? {},
    sports: messages.get('sport') ?? [],
    sessions: messages.get('session') ?? [],
    laps: messages.get('lap') ?? [],
    records: messages.get('record') ?? [],
    devices: messages.get('device_info') ?? [],
    activity: messages.get('activity')?.at(-1) ?? null,
    heartRates: messages.get('hr') ?? [],
    sets: messages.get('set') ?? [],
    setExercises: messages.has('set') ? setExercises(part) : [],
  }
}

function parse(part: FitPart, parser: FitParser) {
  const outcome: { data?: Parameters<Parameters<FitParser['parse']>[1]>[1]; error?: unknown } = {}
  try {
    parser.parse(part.bytes.buffer, (error, data) => {
      outcome.error = error
      outcome.data = data
    })
  } catch (error) {
    outcome.error = error
  }
  if (!outcome.data) {
    const why = outcome.error instanceof Error ? outcome.error.message : String(outcome.error)
    throw new UnreadableFile(`The file is not valid FIT (${why}). Export or synchronise it again and upload the new file.`)
  }
  return outcome.data
}

/** The decoder turns category numbers into names; watches, plans and exercise lists speak in numbers. */
function setExercises(part: FitPart): FitFile['setExercises'] {
  const data = parse(part, new FitParser({ force: true, includeRawMessages: [messageNumber.set], rawMessagesOnly: true }))
  return (data.raw_messages ?? [])
    .filter((message) => message.global_message_number === messageNumber.set)
    .map((message) => {
      const first = (field: number): number | null => {
        const raw = message.fields.find((entry) => entry.field_definition_number === field)?.raw_value
        if (!raw || raw.length < 2) return null
        for (let at = 0; at + 1 < raw.length; at += 2) {
          const value = message.little_endian ? raw[at]! | (raw[at + 1]! << 8) : (raw[at]! << 8) | raw[at + 1]!
          if (value !== 0xffff) return value
        }
        return null
      }
      return { category: first(7), name: first(8) }
    })
}

/** The name a runner knows the recording device by; null when the file does not say. */
export function deviceName(file: FitFile): string | null {
  const creator = file.devices.find((device) => device.device_index === 0 || device.device_index === 'creator')
  const named = [file.fileId.product_name, creator?.product_name].find((name) => typeof name === 'string' && name.trim() !== '')
  const maker = file.fileId.manufacturer ?? creator?.manufacturer
  if (typeof named === 'string') return readable(maker === 'garmin' && !/garmin/i.test(named) ? `Garmin ${named.trim()}` : named.trim())
  const product = file.fileId.product ?? creator?.product
  const makerName = typeof maker === 'string' ? readable(maker) : null
  if (maker === 'garmin' && typeof product === 'number') {
    const model = getFitGarminProductDisplayName(product)
    return model ? `Garmin ${model}` : makerName
  }
  return makerName
}

function readable(name: string): string {
  const words = name.replaceAll('_', ' ').slice(0, 60)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
