// Made by scripts/calibrate.ts from the development runs: do not edit by hand. docs/classification-report.md has the figures.
export const calibration = {
  history: {
    warm: {
      both: {
        intercept: -2.806,
        weights: {
          qMax: 2.97,
          zDiff: 0.623,
          fast: 1.728,
          weekday: 2.922,
          previous: -1.199,
          longMean: -0.533,
          longRace: 4.151,
          long: -2.3,
        },
      },
      pace: {
        intercept: -0.942,
        weights: {
          fast: 1.918,
          weekday: 2.499,
          previous: -0.965,
          longRace: 4.87,
          long: -2.3,
        },
      },
      heart: {
        intercept: -2.509,
        weights: {
          qMax: 4.325,
          zDiff: 0.264,
          weekday: 2.42,
          previous: -1.244,
          longMean: 1.335,
          long: -2.3,
        },
      },
    },
    cold: {
      both: {
        intercept: -2.351,
        weights: {
          qMax: 2.704,
          zDiff: 0.465,
          fast: 1.006,
          longMean: -0.162,
          longRace: 3.842,
          long: -2.3,
        },
      },
      pace: {
        intercept: -0.672,
        weights: {
          fast: 1.082,
          longRace: 5.376,
          long: -2.3,
        },
      },
      heart: {
        intercept: -2.271,
        weights: {
          qMax: 3.595,
          zDiff: 0.262,
          longMean: 1.726,
          long: -2.3,
        },
      },
    },
  },
  samples: {
    both: {
      intercept: -0.903,
      weights: {
        history: 0.56,
        rules: 0.187,
        spread: 3.512,
      },
    },
    pace: {
      intercept: -0.816,
      weights: {
        history: 0.671,
        rules: 0.566,
        spread: 3.664,
      },
    },
    heart: {
      intercept: -0.17,
      weights: {
        history: 0.345,
        rules: 0.584,
      },
    },
  },
}
