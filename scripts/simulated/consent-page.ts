/** The page on which a simulated runner agrees or refuses. */

export type OfferedScope = { id: string; label: string; checked: boolean; required?: boolean }

const style = `
:root{color-scheme:light dark;--ink:#1d2329;--soft:#5b6570;--line:#d9dcd6;--paper:#faf9f5;--card:#fff;--blue:#0b62a8;--warm:#8a6d3b;--red:#b5401c}
@media (prefers-color-scheme:dark){:root{--ink:#e9e7e1;--soft:#a3abb3;--line:#3a3f45;--paper:#15181b;--card:#1d2125;--blue:#7cbcf2;--warm:#d3b783;--red:#f08d6b}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.45 system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:60rem;margin:0 auto;padding:24px 16px 64px}main.narrow{max-width:30rem}h1{font-size:22px;margin:0 0 8px}h2{font-size:16px;margin:0}
p{margin:0 0 12px;max-width:65ch}small,.soft{color:var(--soft);font-size:14px}
button{font:inherit;padding:8px 14px;min-height:40px;border:1px solid var(--line);border-radius:6px;background:var(--card);color:var(--ink);cursor:pointer}
button.main{background:var(--blue);border-color:var(--blue);color:#fff}@media (prefers-color-scheme:dark){button.main{color:#10202e}}
button:focus-visible,a:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
form.row,.row{display:flex;flex-wrap:wrap;gap:8px;margin:12px 0}fieldset{border:1px solid var(--line);border-radius:6px;margin:0 0 16px;padding:8px 12px}label{display:block;padding:6px 0}
section{border-top:1px solid var(--line);padding:20px 0}section header{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline}
ol.week{list-style:none;margin:12px 0;padding:0}ol.week li{display:grid;grid-template-columns:7rem 1fr;gap:4px 12px;padding:6px 0;border-top:1px dashed var(--line)}
.ours::before{content:"▣ ";color:var(--warm)}.theirs{color:var(--soft)}details summary{cursor:pointer;color:var(--soft);font-size:14px}details ol{margin:4px 0 8px;padding-left:24px;font-size:14px}
.bad{color:var(--red)}code{font-size:13px;overflow-wrap:anywhere}`

/** Text made safe for HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[letter]!)
}

export function page(title: string, body: string, narrow = false): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${style}</style></head><body><main${narrow ? ' class="narrow"' : ''}>${body}</main></body></html>`
}

export function consentPage(input: {
  label: string
  action: string
  id: string
  offered: readonly OfferedScope[]
  runners: readonly { number: number; name: string }[]
}): string {
  const people =
    input.runners.length > 1
      ? `<fieldset><legend>Signed in as</legend>${input.runners
          .map(
            (runner) =>
              `<label><input type="radio" name="runner" value="${runner.number}"${runner.number === 1 ? ' checked' : ''}> ${escaped(runner.name)}</label>`,
          )
          .join('')}</fieldset>`
      : '<input type="hidden" name="runner" value="1">'
  const boxes = input.offered
    .map((scope) =>
      scope.required
        ? `<input type="hidden" name="scope" value="${escaped(scope.id)}">`
        : `<label><input type="checkbox" name="scope" value="${escaped(scope.id)}"${scope.checked ? ' checked' : ''}> ${escaped(scope.label)}</label>`,
    )
    .join('')
  const rights = input.offered.some((scope) => !scope.required) ? `<fieldset><legend>It may</legend>${boxes}</fieldset>` : boxes
  return page(
    `Simulated ${input.label}`,
    `<h1>Simulated ${escaped(input.label)}</h1><p>Allow Stridelift to use this account?</p>
<form method="post" action="${escaped(input.action)}"><input type="hidden" name="id" value="${escaped(input.id)}">${people}${rights}
<div class="row"><button class="main" name="decision" value="allow">Allow</button><button name="decision" value="refuse">Refuse</button></div></form>
<p class="soft">This is a pretend platform on your own machine. Nothing leaves it.</p>`,
    true,
  )
}
