/** Words that a title names an intensity with, in the languages that most titles of runs are in. Only clear words count. */
const drop =
  /\bwalk(?:ing|ed)?\b|\bhike\b|\bultra\b|\bcommut\w*\b|\brelay\b|\btriathlon\b|\bbrick\b|\binjur\w*\b|\bvirtual\b|\bpac(?:ing|er)\b|\b(?:not|no|nicht|without|instead of)\b.*\b(?:race|tempo|easy|workout)\b/
const neutral =
  /\b(?:half |full )?marathon (?:training|prep|build|plan|block|week)\b|\b(?:pre|post|before|after)[- ](?:the )?(?:race|marathon|half|parkrun|tempo|workout|long run)\b|\brace (?:week|course|day eve|prep)\b|\b\d+ (?:days?|weeks?) (?:to|until|before|after)\b.*/g
const strides = /(?:\+|&|and|w\/|with|plus)?\s*(?:\(?\d+ ?x ?\d*\s*(?:s|sec|m)?\s*)?\b(?:strides?|steigerungen)\b\)?/g

const easyKinds: [string, RegExp][] = [
  ['warmup', /\bwarm[- ]?ups?\b|\bcool[- ]?downs?\b|\b(?:ein|aus)laufen\b|\bechauffement\b|\bcalentamiento\b/],
  ['recovery', /\brecov\w*\b|\brecup\w*\b|\bregen\w*\b|\bherstel\w*\b|\bterugwin\w*\b|恢复跑|回復/],
  ['shakeout', /\bshake[- ]?out\b/],
  ['jog', /\bjog(?:ging|s)?\b|\bfooting\b|\btrote\b|ジョグ|慢跑|조깅/],
  ['aerobic', /\baerob\w*\b|\bbase (?:run|miles?|pace)\b|[-–:] base$|^base$|^(?:lugn )?distans(?:pass)?$|有氧|基础/],
  [
    'easy',
    /\beasy\b|\bz(?:one)? ?[12]\b|\bslow run\b|\bgentle\b|\brelax(?:ed|ing)?\b|\bsuave\b|\brodaje\b|\blocker\w*\b|\blangsam\w*\b|\brolig\w*\b|\blugnt?\b|\bfacile?\b|\blento\b|\bendurance fondamentale\b|轻松/,
  ],
]
const hardKinds: [string, RegExp][] = [
  [
    'intervals',
    /\binterval\w*\b|\bintervall\w*\b|\b\d{1,2} ?[x×] ?\(?\d|\brepeats\b|\breps\b|\bvo ?2\b|\bspeed ?(?:work|session|workout)\b|\btrack (?:workout|session|night|day)\b|\bfractionn\w*\b|\bvma\b|\bseries\b|\bripetute\b|\byasso\b|间歇|インターバル|인터벌/,
  ],
  ['fartlek', /\bfartlek\w*\b/],
  ['hills', /\bhill (?:repeats?|reps?|sprints?|session|work|workout|intervals?)\b|\bcotes\b|\bcuestas\b|\bsalite\b/],
  ['progression', /\bprogress(?:ion|ive)\b|\bfast finish\b/],
  [
    'tempo',
    /\btempo\w*\b|\bthreshold\b|\blactate\b|\b(?:marathon|half|race|goal|10k|5k)[- ]pace\b|\bseuil\b|\bschwelle\w*\b|\bumbral\b|\bterskel\w*\b|\btroskel\w*\b|节奏跑|乳酸/,
  ],
  ['race', /\brac(?:e|ing|ed)\b|\bparkrun\b|\bmarath?on\b|\btime[- ]?trial\b|\bp[br]\b|\bpersonal best\b|\bwettkampf\b|马拉松|半马|比赛/],
  ['workout', /\bhard (?:run|effort|session|workout)\b|\bz(?:one)? ?[45]\b|\bworkout\b/],
]
const long = /\blong[- ]?(?:run|slow|distance)\b|\blsd\b|^long$|\bsortie longue\b|\btirada\b|\bfondo\b|\blongao\b|\blangpass\b|长距离/
const softHard = /\b(?:fast(?:er)?|hard(?:er)?|surges?|pick ?ups?|hills?|hilly|moderate|steady|brisk|strong|finish)\b/

/** What a title says of the intensity; no label when it says nothing clear, or both. */
export function labelOfTitle(title: string): { label: 'easy' | 'hard' | null; kind: string } {
  const nothing = { label: null, kind: '' } as const
  const plain = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
  if (!plain || plain.length > 60 || drop.test(plain)) return nothing
  const rest = plain.replace(strides, ' ').replace(neutral, ' ')
  const easy = easyKinds.find(([, words]) => words.test(rest))
  const hard = hardKinds.find(([, words]) => words.test(rest))
  const isLong = long.test(rest)
  if (easy && hard) return nothing
  if (hard) return isLong ? nothing : { label: 'hard', kind: hard[0] }
  if (easy && softHard.test(rest)) return nothing
  if (easy) return { label: 'easy', kind: isLong ? 'long' : easy[0] }
  return isLong ? { label: null, kind: 'long' } : nothing
}
