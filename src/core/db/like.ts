/** A text as it stands in a pattern of LIKE, in which it means itself. */
export const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&')
