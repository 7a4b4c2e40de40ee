/*
 * What the pages gain with a script. Every page works without it: each form here is a plain form, each list is drawn by
 * the server. Four things: forms that answer in place, files dropped anywhere, lists that follow what the server does,
 * values read from charts.
 */
const MB = 1024 * 1024

const find = (selector, root = document) => root.querySelector(selector)
const all = (selector, root = document) => [...root.querySelectorAll(selector)]

/** Puts the main part of a fetched page in the place of ours. */
function show(html, url) {
  const page = new DOMParser().parseFromString(html, 'text/html')
  const main = find('main', page)
  if (!main) {
    location.assign(url)
    return
  }
  const swap = () => {
    find('main').replaceWith(document.adoptNode(main))
    document.title = page.title
    all('nav.places a').forEach((link, index) => {
      const current = all('nav.places a', page)[index]?.getAttribute('aria-current')
      if (current) link.setAttribute('aria-current', current)
      else link.removeAttribute('aria-current')
    })
    enhance()
    find('.notices')?.scrollIntoView({ block: 'nearest' })
  }
  if (url !== location.href) history.pushState({ swapped: true }, '', url)
  if (document.startViewTransition) document.startViewTransition(swap)
  else swap()
}

function say(text) {
  const main = find('main')
  find('.notice.script', main)?.remove()
  const notice = document.createElement('p')
  notice.className = 'notice problem script'
  notice.setAttribute('role', 'alert')
  notice.textContent = text
  main.prepend(notice)
  notice.scrollIntoView({ block: 'nearest' })
}

// Forms that answer in place: sent in the background, the page that comes back is shown without a reload.
document.addEventListener('submit', async (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-swap') || event.defaultPrevented) return
  event.preventDefault()
  if (form.getAttribute('aria-busy') === 'true') return
  form.setAttribute('aria-busy', 'true')
  try {
    const body = new URLSearchParams(new FormData(form, event.submitter))
    const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'text/html' } })
    show(await answer.text(), answer.redirected ? answer.url : location.href)
  } catch {
    form.removeAttribute('aria-busy')
    say('The service does not answer. Nothing was changed; try again in a moment.')
  }
})
addEventListener('popstate', () => location.reload())

// Files: chosen or dropped anywhere, sent a few at a time. What becomes of them stands on the import page, from the server.
const readable = /\.(fit|tcx|gpx|zip)(\.gz)?$/i

function batches(files) {
  const out = []
  let batch = []
  let size = 0
  for (const file of files) {
    if (batch.length > 0 && (size + file.size > 32 * MB || batch.length >= 40)) {
      out.push(batch)
      batch = []
      size = 0
    }
    batch.push(file)
    size += file.size
  }
  if (batch.length > 0) out.push(batch)
  return out
}

function sendBatch(files, onProgress) {
  return new Promise((resolve, reject) => {
    const body = new FormData()
    for (const file of files) body.append('file', file, file.name)
    const request = new XMLHttpRequest()
    request.open('POST', '/api/v1/uploads')
    request.upload.onprogress = (event) => onProgress(event.loaded)
    request.onerror = () => reject(new Error('The service does not answer. Files that are listed below arrived; drop the others again.'))
    request.onload = () => {
      if (request.status < 300) return resolve()
      let sentence = ''
      try {
        sentence = JSON.parse(request.responseText).detail ?? ''
      } catch {}
      reject(new Error(sentence || 'The files were not taken. Try again in a moment.'))
    }
    request.send(body)
  })
}

let sending = false

async function send(list) {
  const files = [...list]
  const wanted = files.filter((file) => readable.test(file.name))
  if (wanted.length === 0) {
    say('These are no run files. Drop .fit, .tcx or .gpx files, also as .gz, or a .zip of them.')
    return
  }
  if (sending) return
  sending = true
  const total = wanted.reduce((sum, file) => sum + file.size, 0) || 1
  const line = document.createElement('div')
  line.className = 'notice sending'
  line.setAttribute('role', 'status')
  const text = document.createElement('p')
  const bar = document.createElement('progress')
  bar.max = total
  bar.setAttribute('aria-label', 'Files on their way')
  line.append(text, bar)
  find('main').prepend(line)
  let sent = 0
  let count = 0
  try {
    for (const batch of batches(wanted)) {
      const size = batch.reduce((sum, file) => sum + file.size, 0)
      text.textContent = `Sending ${wanted.length === 1 ? wanted[0].name : `${count + 1} to ${count + batch.length} of ${wanted.length} files`}. Please keep this page open until they are sent.`
      await sendBatch(batch, (loaded) => {
        bar.value = sent + Math.min(loaded, size)
      })
      sent += size
      count += batch.length
    }
    sending = false
    const page = await fetch('/import', { headers: { accept: 'text/html' } })
    show(await page.text(), new URL('/import', location.href).href)
  } catch (problem) {
    sending = false
    line.remove()
    say(problem.message)
  }
}

const hasFiles = (event) => event.dataTransfer?.types.includes('Files')
let zone

function dropZone() {
  if (!zone) {
    zone = document.createElement('div')
    zone.className = 'dropzone'
    zone.textContent = 'Let go: the runs in these files are read.'
    zone.hidden = true
    document.body.append(zone)
  }
  return zone
}
document.addEventListener('dragenter', (event) => {
  if (hasFiles(event)) dropZone().hidden = false
})
document.addEventListener('dragover', (event) => {
  if (hasFiles(event)) event.preventDefault()
})
document.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) dropZone().hidden = true
})
document.addEventListener('drop', (event) => {
  if (!hasFiles(event)) return
  event.preventDefault()
  dropZone().hidden = true
  void send(event.dataTransfer.files)
})
document.addEventListener('submit', (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-upload')) return
  const input = find('input[type=file]', form)
  if (!input.files?.length) return
  event.preventDefault()
  void send(input.files)
})

// Lists that follow what the server does: asked for again, with longer pauses while nothing changes.
let pollTimer

function follow(pause = 800) {
  clearTimeout(pollTimer)
  const part = find('[data-poll]')
  if (!part) return
  pollTimer = setTimeout(async () => {
    if (document.hidden) return follow(pause)
    try {
      const answer = await fetch(part.dataset.poll, { headers: { accept: 'text/html' } })
      const html = await answer.text()
      const page = new DOMParser().parseFromString(html, 'text/html')
      const fresh = part.id ? page.getElementById(part.id) : find('[data-poll]', page)
      if (!part.isConnected) return follow()
      const changed = fresh?.innerHTML !== part.innerHTML
      if (changed) {
        const touched = new Map(all('details', part).flatMap((one, index) => (one.dataset.touched ? [[index, one.open]] : [])))
        if (fresh) part.replaceWith(document.adoptNode(fresh))
        else return show(html, location.href)
        for (const [index, isOpen] of touched) {
          const one = all('details', fresh)[index]
          if (one) Object.assign(one, { open: isOpen }).dataset.touched = 'yes'
        }
      }
      follow(changed ? 800 : Math.min(pause * 1.3, 5000))
    } catch {
      follow(5000)
    }
  }, pause)
}

// Settings: every change shows at once what it does in the coming weeks.
let previewTimer
let previewAsked = 0

function preview(form) {
  clearTimeout(previewTimer)
  previewTimer = setTimeout(async () => {
    const asked = ++previewAsked
    try {
      const body = new URLSearchParams(new FormData(form))
      const answer = await fetch(form.dataset.preview, { method: 'POST', body, headers: { accept: 'text/html' } })
      if (!answer.ok || asked !== previewAsked) return
      const panel = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('whatif')
      if (panel) document.getElementById('whatif')?.replaceWith(document.adoptNode(panel))
    } catch {
      // The button below the form does the same.
    }
  }, 150)
}
document.addEventListener('input', (event) => {
  const form = event.target.closest?.('form[data-preview]')
  if (form) preview(form)
})

// Charts: the moment under the finger.
const clock = (seconds) => {
  const whole = Math.round(seconds)
  const two = (number) => String(number).padStart(2, '0')
  return whole >= 3600
    ? `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`
    : `${Math.floor(whole / 60)}:${two(whole % 60)}`
}

const points = (text) =>
  text
    ? text.split(';').map((pair) => {
        const [x, y] = pair.split(',')
        return { x: Number(x), y: y === '' ? Number.NaN : Number(y) }
      })
    : []

function nearest(list, x) {
  let low = 0
  let high = list.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle].x < x) low = middle + 1
    else high = middle
  }
  if (low > 0 && x - list[low - 1].x < list[low].x - x) low--
  return list[low]
}

function readChart(chart) {
  const svg = find('svg', chart)
  const cursor = find('.cursor', svg)
  const out = find('[data-read]', chart)
  const start = Number(chart.dataset.start)
  const total = Number(chart.dataset.total)
  const meters = chart.dataset.units === 'imperial' ? 1609.344 : 1000
  const speed = points(chart.dataset.speed)
  const heart = points(chart.dataset.heart)
  let at = 0
  const read = (share) => {
    at = Math.min(1, Math.max(0, share))
    const x = start + at * total
    cursor.setAttribute('visibility', 'visible')
    cursor.setAttribute('x1', `${at * 100}%`)
    cursor.setAttribute('x2', `${at * 100}%`)
    const words = [clock(x - start)]
    const fast = speed.length ? nearest(speed, x).y : Number.NaN
    if (fast > 0.3) words.push(`${clock(meters / fast)}${meters === 1000 ? '/km' : '/mi'}`)
    const beats = heart.length ? nearest(heart, x).y : Number.NaN
    if (beats > 0) words.push(`${Math.round(beats)} bpm`)
    out.textContent = words.join(' · ')
  }
  const byPointer = (event) => {
    const box = svg.getBoundingClientRect()
    read((event.clientX - box.left) / box.width)
  }
  svg.addEventListener('pointermove', byPointer)
  svg.addEventListener('pointerdown', byPointer)
  svg.setAttribute('tabindex', '0')
  svg.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -0.01, ArrowRight: 0.01 }[event.key]
    if (!step) return
    event.preventDefault()
    out.parentElement.setAttribute('aria-live', 'polite')
    read(at + step)
  })
}

/** What a freshly shown main part needs. */
function enhance() {
  for (const chart of all('[data-chart=run]')) readChart(chart)
  for (const button of all('[data-copy], [data-print]')) button.hidden = false
  follow()
}
document.addEventListener('click', async (event) => {
  const summary = event.target.closest?.('summary')
  if (summary) summary.parentElement.dataset.touched = 'yes'
  const button = event.target.closest?.('button')
  if (button?.hasAttribute('data-print')) print()
  if (button?.dataset.copy) {
    try {
      await navigator.clipboard.writeText(button.dataset.copy)
      button.textContent = 'Copied'
    } catch {
      find('input', button.parentElement)?.select()
      button.textContent = 'Press Ctrl+C'
    }
  }
  if (event.target.matches?.('[data-select]')) event.target.select()
})
enhance()
