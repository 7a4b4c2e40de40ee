import { describe, expect, test } from 'vitest'
import { readActivityFile } from '../../src/fit/read.ts'
import { limits } from '../../src/fit/unpack.ts'
import { child, children, numberAt, parseXml, textOf } from '../../src/fit/xml.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const points = (text: string) => {
  const { root, whole } = parseXml(bytes(`<g:gpx xmlns:g="x"><trk><trkseg>${text}</trkseg></trk></g:gpx>`))
  return children(child(root, 'gpx', 'trk', 'trkseg'), 'trkpt').map(whole)
}

describe('A point of a track', () => {
  test('comes back with its attributes, children and texts, however it is written', () => {
    const plain = `<trkpt lat="1.5" lon='-2'><ele>7</ele><x:hr xmlns:x="y">140</x:hr><a/><a b="1">t</a></trkpt>`
    const commented = plain.replace('<ele>', '<!-- > --><ele>')
    for (const [point] of [points(plain), points(commented), points(plain.replaceAll('><', '>\n <'))]) {
      expect(point!['@lat']).toBe('1.5')
      expect(point!['@lon']).toBe('-2')
      expect(numberAt(point, 'ele')).toBe(7)
      expect(numberAt(point, 'hr')).toBe(140)
      expect(children(point, 'a')).toHaveLength(2)
    }
  })
  test('keeps its place among the others', () => {
    expect(points('<trkpt lat="1"><ele>1</ele></trkpt><trkpt lat="2"/><trkpt lat="3"><ele>3</ele></trkpt>').map((p) => p['@lat'])).toEqual([
      '1',
      '2',
      '3',
    ])
  })
  test('that does not end is a broken file', () => {
    expect(() => points('<trkpt lat="1"><ele>1</ele><trkpt lat="2"><ele>2</ele></trkpt>')).toThrow(/not valid XML/)
  })
  test('stands for nothing else: the text of other elements is kept', () => {
    const { root } = parseXml(bytes('<gpx><metadata><name>A &amp; B</name></metadata></gpx>'))
    expect(textOf(root, 'gpx', 'metadata', 'name')).toBe('A & B')
  })
})

test('an XML file beyond its limit is refused with a sentence', () => {
  const file = new Uint8Array(limits.xmlBytes + 1).fill(32)
  file.set(bytes('<gpx>'))
  expect(readActivityFile(file, 'a.gpx')).toEqual({ outcome: 'rejected', detail: expect.stringMatching(/48 MB at most.*as FIT/) })
})
