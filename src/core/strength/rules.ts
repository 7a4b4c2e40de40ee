/** A rule that the training follows (docs/training.md) and where it lives. */
export type TrainingRule = {
  id: string
  /** A rule of behaviour has a test that names it; the others are words only. */
  kind: 'behaviour' | 'text'
  says: string
  /** Files and functions. */
  where: string
  /** The test file whose titles name the rule; null for words. */
  test: string | null
}

type Row = readonly [id: string, says: string, where: string, test: string]

const strength: readonly Row[] = [
  [
    'S0-01',
    'A week of two sessions touches six areas: leg power, core and hip, upper body, one leg, running-like movement, mobility',
    'checks.ts weeklyChecks; templates.ts',
    'build-session',
  ],
  ['S0-02', 'Every full-body session has one-leg work, hip or core stability, and the upper body', 'shorten.ts duties', 'build-session'],
  ['S0-03', 'Two sessions a week unless something else is said', 'phases.ts weekPlan', 'phases'],
  ['S0-05', 'Body weight first, weights once form is there', 'select.ts choiceFor; levels.ts', 'build-session'],
  ['S0-06', 'Goal and phase choose the exercises', 'templates.ts; goals.ts', 'build-session'],
  ['S0-07', 'Full-body sessions, no split by body parts', 'templates.ts', 'build-session'],
  ['S0-08', 'A third of the leg sets stand on one leg', 'balance.ts keepOneLeg', 'build-session'],
  [
    'S0-09',
    'Anti-rotation and rotation each week, more core in weeks with a long run',
    'templates.ts; session-items.ts mainItems',
    'build-session',
  ],
  ['S0-10', 'Every full-body session has a hinge or bridge', 'shorten.ts duties', 'build-session'],
  ['S0-12', 'Completion, effort and soreness steer the next dose', 'progression.ts nextDose; history.ts soreFrom', 'progression'],
  ['S0-13', 'Peak weeks hold one light session', 'phase-drafts.ts loaded, byRaceWeeks', 'phases'],
  ['S0-14', 'Harder exercises open one level at a time', 'levels.ts levelOn; select.ts isAllowed', 'progression'],
  ['S0-15', 'Sets, reps, weights and effort are kept for each exercise and read again', 'history.ts performances', 'progression'],
  [
    'S0-16',
    'Before a race strength gets less: sets first, then weight, then jumps',
    'phase-drafts.ts towardsRace; session-items.ts setsOf; light-sessions.ts easedForRace',
    'phases',
  ],
  ['S0-17', 'No fortnight without strength, pauses, illness and long races aside', 'phases.ts weekPlan', 'phases'],
  ['S0-18', 'Exercises carry what they are for: hills, speed held, the finish', 'exercise.ts purposesOf', 'exercises'],
  ['S0-19', 'Exercises carry what they are for: level pelvis, arm drive, posture', 'exercise.ts purposesOf', 'exercises'],
  ['S0-20', 'After misses the week asks for less; a session can be skipped, eased or moved', 'phase-drafts.ts missedInARow', 'phases'],
  ['S1-01', 'Body weight, bands and weights are all ways to train', 'exercise.ts tierOrder', 'exercises'],
  ['S1-02', 'The named basic exercises fill a gym session', 'templates.ts hypertrophy_gym', 'build-session'],
  ['S1-03', 'Deadlift, plank, push-up, bridge and their relatives are there', 'exercise-list.ts', 'exercises'],
  ['S1-04', 'Without equipment a full session can be built', 'templates.ts', 'exercises'],
  ['S1-05', 'Exercises are swapped within their pattern for the equipment at hand', 'select.ts swapsFor, chooseFor', 'build-session'],
  ['S1-06', 'Each exercise says its technique', 'exercise-list.ts', 'exercises'],
  ['S1-07', 'One-sided work is prescribed for each side', 'session-items.ts itemFor', 'build-session'],
  ['S1-08', 'One or two sessions with two or three runs', 'phases.ts weekPlan', 'phases'],
  ['S1-09', 'Two or three sessions that train the legs', 'phases.ts weekPlan', 'phases'],
  ['S1-10', 'Two or three sessions with recovery between them', 'phases.ts weekPlan', 'phases'],
  ['S1-15', 'Beginners climb a fixed ramp', 'doses.ts secondSetFrom; phase-drafts.ts novice', 'build-session'],
  ['S1-16', 'Experience, goal, days, equipment and sore areas decide', 'request.ts SessionRequest', 'build-session'],
  ['S1-17', 'The goal orders the training', 'goals.ts', 'build-session'],
  ['S1-18', 'For a race six tenths of the sets or more train the legs', 'balance.ts keepLegShare', 'build-session'],
  ['S1-20', 'Accessories change from block to block', 'select.ts preferred', 'build-session'],
  ['S1-21', 'Weights and sets rise in small steps', 'progression.ts capped; shorten.ts limitSetRise', 'progression'],
  ['S1-22', 'Lifting is slow and controlled', 'doses.ts tempo', 'build-session'],
  ['S1-23', 'Past the gate, work with one to three reps in reserve', 'loads.ts startWeight; session-words.ts noticesOf', 'progression'],
  ['S1-24', 'Exercises, weights and reps vary', 'templates.ts; doses.ts blockReps', 'phases'],
  ['S1-25', 'Each step has name, sets, reps or time, rest and cue', 'session-items.ts itemFor', 'build-session'],
  ['S1-26', 'A new level asks for a look at the form', 'levels.ts levelNotices', 'progression'],
  ['S1-27', 'A disliked exercise makes way for one of its pattern', 'select.ts isAllowed', 'build-session'],
  ['S1-29', 'Exercises carry what they are for: endurance, stability, power', 'exercise.ts purposesOf', 'exercises'],
  ['S2-01', 'Sore back, ankle or hip: gentle work for it, risky work out', 'injuries.ts', 'build-session'],
  ['S2-02', 'One to two hip sets for each knee set over the week', 'balance.ts keepHips', 'build-session'],
  ['S2-03', 'A sore back or hip adds a core set', 'session-items.ts mainItems', 'build-session'],
  ['S2-04', 'Every full-body session has a squat, lunge or step', 'shorten.ts duties', 'build-session'],
  ['S2-05', 'No session is added in a week far above the usual running', 'phase-drafts.ts loaded; week-facts.ts loadRatio', 'phases'],
  ['S2-06', 'Flat and short: more power and hip strength', 'goals.ts profiles', 'goals'],
  ['S2-07', 'Trail and short: stability and full legs', 'goals.ts profiles', 'goals'],
  ['S2-08', 'Volume and intensity change over the cycle', 'doses.ts blockReps; phases.ts', 'phases'],
  ['S2-09', 'More strength off season', 'phase-drafts.ts freely', 'phases'],
  ['S2-15', 'A flagged injury names a professional', 'injuries.ts injuryNotices', 'phases'],
  ['S2-18', 'Exercises carry what they are for: hills, speed', 'exercise.ts purposesOf', 'exercises'],
  ['S2-19', 'On the day of a hard run a session ends on mobility', 'warm-up.ts coolDown', 'build-session'],
  ['S3-01', 'Quads, hamstrings, calves and glutes each week', 'checks.ts weeklyChecks; templates.ts', 'build-session'],
  ['S3-02', 'Shin, bone and knee can be flagged', 'injuries.ts', 'build-session'],
  ['S3-03', 'Compound lifts come first', 'templates.ts', 'build-session'],
  ['S3-04', 'The power phase jumps', 'templates.ts power_gym, power_home', 'build-session'],
  ['S3-05', 'Planks, twists and leg raises are there', 'exercise-list.ts', 'exercises'],
  ['S3-06', 'IT band and patellar tendon can be flagged', 'injuries.ts', 'build-session'],
  ['S3-07', 'A professional is named when something hurts', 'injuries.ts injuryNotices', 'build-session'],
  ['S3-08', 'Hinges, bridges, step-ups and hip extensions are there', 'exercise-list.ts', 'exercises'],
  ['S3-09', 'Calf work in each session, ankle or shin each week', 'shorten.ts duties; warm-up.ts', 'build-session'],
  ['S3-10', 'Calf work progresses slowly with a sore Achilles or sole', 'injuries.ts slowCalf', 'build-session'],
  ['S3-11', 'At least as much pulling as pushing, overhead mobility in the warm-up', 'balance.ts keepPull; warm-up.ts', 'build-session'],
  ['S3-12', 'Exercises carry what they are for: posture', 'exercise.ts purposesOf', 'exercises'],
  ['S4-01', 'Main lifts are compound', 'templates.ts', 'build-session'],
  ['S4-02', 'One-sided work against asymmetry', 'session-items.ts itemFor', 'build-session'],
  ['S4-03', 'Progressive overload with rest', 'progression.ts nextDose', 'progression'],
  ['S4-04', 'Power sessions keep a controlled lift', 'templates.ts', 'build-session'],
  ['S4-05', 'Jump contacts are capped', 'contacts.ts limitContacts', 'build-session'],
  ['S4-06', 'Hip and core hold the pelvis', 'exercise.ts purposesOf', 'exercises'],
  ['S4-07', 'Core order: anti-rotation, anti-extension, rotation', 'session-items.ts inOrder', 'build-session'],
  ['S4-08', 'A short core block may follow any run', 'templates.ts core_micro; phases.ts', 'build-session'],
  ['S4-09', 'Glutes, hip flexors, abductors and adductors', 'checks.ts weeklyChecks; warm-up.ts', 'build-session'],
  ['S4-10', 'One-leg work, lateral moves last', 'templates.ts', 'build-session'],
  ['S4-11', 'Straight and bent knee in turn for the calves', 'select.ts preferred', 'build-session'],
  ['S4-12', 'Bounds and hops', 'templates.ts', 'build-session'],
  ['S4-13', 'Hops and calf work rise in small steps', 'select.ts choiceFor; injuries.ts slowCalf', 'build-session'],
  ['S4-14', 'The hinge drill comes before the loaded hinge', 'warm-up.ts', 'build-session'],
  ['S4-15', 'Low jumps before high ones', 'templates.ts', 'build-session'],
  ['S4-16', 'Balance each week for trails and ankles', 'session-slots.ts slotsFor', 'build-session'],
  [
    'S4-17',
    'Mobility for hips, ankles and upper back ends each session, as long as its time allows',
    'warm-up.ts longCoolDown',
    'build-session',
  ],
  ['S4-18', 'Rolling with those who have a roller', 'templates.ts mobility', 'build-session'],
  ['S4-19', 'Three minutes of activation first', 'warm-up.ts warmUp', 'build-session'],
  ['S4-20', 'Weight, volume or difficulty: one at a time', 'progression.ts nextDose', 'progression'],
  ['S4-21', 'Muscle base, strength, power, each with a light week', 'phase-drafts.ts blockNow', 'phases'],
  ['S4-22', 'A form warning holds or eases the exercise', 'progression.ts nextDose; select.ts onLadder', 'progression'],
  ['S4-24', 'Two minutes of cool-down last', 'warm-up.ts coolDown', 'build-session'],
  ['S4-25', 'Light days after heavy efforts, light weeks when worn out', 'phase-drafts.ts recovery, wornOut', 'phases'],
  ['S4-26', 'Weeks of volume and of intensity take turns; new accessories come with the block', 'doses.ts blockReps', 'progression'],
  ['S4-28', 'Steep hills: explosive hips and stiff ankles', 'goals.ts profiles', 'goals'],
  ['S4-29', 'Flat and long: back of the body and core', 'goals.ts profiles', 'goals'],
  ['S4-30', 'Race calendar and running choose the kind', 'phase-drafts.ts byRaceWeeks', 'phases'],
  ['S4-32', 'Accessories vary', 'select.ts preferred', 'build-session'],
  ['S4-33', 'Exercises carry what they are for: form late in a run', 'exercise.ts purposesOf', 'exercises'],
  ['C2', 'Strength right after a hard run is shorter and without jumps', 'session-items.ts setsOf; select.ts choiceFor', 'build-session'],
  ['C3', 'One to three sessions by context, two by default', 'phases.ts weekPlan', 'phases'],
  [
    'C4',
    'Race phases cut sets and keep the weight',
    'session-items.ts setsOf; light-sessions.ts easedForRace; phase-drafts.ts towardsRace',
    'build-session',
  ],
  ['C5', 'Levels open by weeks, sessions and smooth training', 'levels.ts levelOn', 'progression'],
  ['C6', 'Slow lifts, fast only in power work', 'doses.ts', 'build-session'],
  ['C7', 'Half of the sets or more train the legs', 'balance.ts keepLegShare', 'build-session'],
  ['C8', 'Main lifts stay for a block, none runs past twelve weeks', 'select.ts isStale, isRecent', 'build-session'],
  ['C9', 'Core, upper body and mobility have no leg load', 'kinds.ts legLoadOf', 'build-session'],
  ['C11', 'Muscle base is short and of moderate volume', 'balance.ts limitLegSets', 'build-session'],
  ['C12', 'Flags filter, they do not treat; some stop leg sessions', 'injuries.ts', 'build-session'],
  ['C13', 'Distance and terrain are two things and are mixed', 'goals.ts profilesOf', 'goals'],
  ['C14', 'No promise that injuries are prevented', 'all words of the strength rules', 'goals'],
  ['C15', 'Jumps first, then a controlled lift', 'session-items.ts inOrder', 'build-session'],
  ['C17', 'One session at least all the year round', 'phases.ts weekPlan', 'phases'],
]

/** Rules of choosing the day. */
const placement: readonly (readonly [id: string, says: string, where: string])[] = [
  ['S0-04', 'By default strength goes on run-free days or after easy runs', 'costs.ts p2DayType; constraints.ts h6Policy'],
  ['S0-11', 'A least gap before the next demanding run, a longer one preferred', 'constraints.ts h2GapToRun; costs.ts p1Gap'],
  ['S1-11', 'Running and lifting on one day need time between them', 'constraints.ts h12RunFirst, h2GapToRun'],
  ['S1-12', 'No leg session on the day of a hard run or race under easy days', 'constraints.ts h6Policy, h3Races'],
  ['S1-13', 'One full rest day a week is guarded', 'constraints.ts h7RestDay'],
  ['S1-14', 'No leg sessions on two days in a row', 'constraints.ts h4Spacing'],
  ['S1-19', 'Sessions have their day and hour', 'build-spot.ts sessionOf'],
  ['S1-33', 'What the runner keeps to is preferred', 'costs.ts p7Preference'],
  ['S2-10', 'Recovery between strength and hard runs', 'constraints.ts h2GapToRun, h12RunFirst'],
  ['S2-11', 'Under hard days easy and off days stay free of leg strength', 'costs.ts p2DayType; search.ts optionsOf'],
  ['S2-12', 'Under hard days strength shares the day of a hard run', 'constraints.ts h6Policy; costs.ts p2DayType'],
  ['S2-13', 'On a shared hard day the run comes first', 'constraints.ts h12RunFirst'],
  ['S2-14', 'The reason says that easy days stay easy', 'reasons.ts mainReason'],
  ['C1', 'Easy days, hard days or short blocks: the runner chooses, the other is offered with a reason', 'notices.ts policyOffer'],
  ['C10', 'The guarded rest day stays free while it can', 'constraints.ts h7RestDay; notices.ts restDayNotice'],
  ['C18', 'Run first, then strength', 'constraints.ts h12RunFirst'],
]

/** Hard constraints and costs of placement; the test file is one of tests/core/plan. */
const constraintsAndCosts: readonly Row[] = [
  ['H1', "Inside the runner's windows, not in the past, not during a run", 'constraints.ts h1Available', 'constraints'],
  ['H2', 'The least gap before the next demanding run, six hours before an easy one', 'constraints.ts h2GapToRun', 'constraints'],
  ['H3', 'The race table before a race, days of recovery after it', 'constraints.ts h3Races; spacing.ts', 'constraints'],
  ['H4', '48 h between leg sessions', 'constraints.ts h4Spacing', 'constraints'],
  ['H5', 'One strength session a day', 'constraints.ts h5OneADay', 'constraints'],
  ['H6', 'What the policy forbids', 'constraints.ts h6Policy', 'constraints'],
  ['H7', 'The guarded rest day', 'constraints.ts h7RestDay', 'constraints'],
  ['H8', 'Four usable exercises with two leg patterns', 'build-spot.ts fitter', 'rules'],
  ['H9', 'The minutes of the day hold the session', 'search.ts minutesIn', 'rules'],
  ['H10', 'No more leg sessions than the runner asked for', 'constraints.ts h10Ceiling', 'constraints'],
  ['H11', 'Nothing while ill or paused', 'constraints.ts h11Paused', 'constraints'],
  ['H12', 'The run comes first on a shared hard day', 'constraints.ts h12RunFirst', 'constraints'],
  [
    'H13',
    'The first two sessions of a heavy kind in four weeks, or after three weeks off, keep 48 h',
    'constraints.ts h13Fresh',
    'constraints',
  ],
  ['H14', 'Two quiet hours before sleep', 'constraints.ts h14Sleep', 'constraints'],
  ['P1', 'Closeness to the next demanding run, by its probability', 'costs.ts p1Gap', 'costs'],
  ['P2', 'The kind of day, by policy', 'costs.ts p2DayType', 'costs'],
  ['P3', 'A demanding run on the day before', 'costs.ts p3Yesterday', 'costs'],
  ['P4', '72 h between leg sessions', 'costs.ts p4Spacing', 'costs'],
  ['P5', 'Sessions without a place', 'costs.ts p5Missing', 'costs'],
  ['P6', 'Moving what the runner has seen', 'costs.ts p6Churn', 'costs'],
  ['P7', 'Weekdays on which sessions were missed', 'costs.ts p7Preference', 'costs'],
  ['P8', 'Activation 36 h before the race', 'costs.ts p8Activation', 'costs'],
  ['P9', 'Sessions in a week of much running', 'costs.ts p9Load', 'rules'],
  ['P10', 'The heavier session farther from its run', 'costs.ts p10Order', 'costs'],
]

/** Rules that are words for the runner and change nothing. */
const words: readonly (readonly [id: string, says: string])[] = [
  ['S0-21', 'What strength may do for a runner'],
  ['S1-28', 'Strong, not bulky'],
  ['S1-30', 'Injury figures are not repeated as promises'],
  ['S1-31', 'Economy, bones, metabolism, toughness'],
  [
    'S2-16',
    'Yoga and climbing are good work for the upper body; activities that are no runs are not read, so runners count them themselves',
  ],
  ['C16', 'Who climbs or does yoga may skip an upper-body session; it never stands for a leg session'],
  ['S2-17', 'Cadence strides go well after power work'],
  ['S3-13', 'Efficiency and economy'],
  ['S4-23', 'Sleep, food and fluid'],
  ['S1-32', 'Rest days are shown with their reason'],
  ['S4-27', 'Tests of jump, pace and one-leg strength are optional'],
  ['S4-31', 'Usable power, not bulk'],
]

const inFolder = (folder: string, where: string) =>
  where
    .split('; ')
    .map((part) => (part.includes('.ts') ? `${folder}/${part}` : part))
    .join('; ')

const byId = (a: TrainingRule, b: TrainingRule) =>
  a.id.startsWith('S') === b.id.startsWith('S') ? a.id.localeCompare(b.id, 'en', { numeric: true }) : a.id.startsWith('S') ? -1 : 1

/** Every rule of the sources and every choice between them, in order. */
export const trainingRules: readonly TrainingRule[] = [
  ...strength.map(
    ([id, says, where, test]): TrainingRule => ({
      id,
      kind: 'behaviour',
      says,
      where: inFolder('src/core/strength', where),
      test: `tests/core/strength/${test}.test.ts`,
    }),
  ),
  ...placement.map(
    ([id, says, where]): TrainingRule => ({
      id,
      kind: 'behaviour',
      says,
      where: inFolder('src/core/plan', where),
      test: 'tests/core/plan/rules.test.ts',
    }),
  ),
  ...words.map(([id, says]): TrainingRule => ({ id, kind: 'text', says, where: 'words only', test: null })),
].sort(byId)

/** What placement may never do (H) and what it would rather not do (P). */
export const placementRules: readonly TrainingRule[] = constraintsAndCosts.map(([id, says, where, test]) => ({
  id,
  kind: 'behaviour',
  says,
  where: inFolder('src/core/plan', where),
  test: `tests/core/plan/${test}.test.ts`,
}))
