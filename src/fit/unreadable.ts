/** A file that cannot be taken. The message is a sentence for the runner: what is wrong and what mends it. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
}

/** A whole file that holds no activity, such as a watch's settings. The message says what it is. */
export class NoActivity extends Error {
  override readonly name = 'NoActivity'
}
