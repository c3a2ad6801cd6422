/** Something that the person at the terminal can put right. Its message is one line that says how. */
export class QuickstartError extends Error {
  override readonly name = 'QuickstartError';
}
