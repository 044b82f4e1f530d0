/** True when PostgreSQL refused a second row of a unique index. Drizzle wraps the driver's error as `cause`. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return isViolation(error, '23505', constraint)
}

/**
 * True when PostgreSQL refused because another row still points at this one, or at none. Since version 18 a
 * deletion that `ON DELETE RESTRICT` refuses has a code of its own.
 */
export function isForeignKeyViolation(error: unknown, constraint?: string): boolean {
  return isViolation(error, '23503', constraint) || isViolation(error, '23001', constraint)
}

/** True when a text holds what PostgreSQL cannot store: a NUL, also as an escape within JSON. */
export function isUnstorableText(error: unknown): boolean {
  return isViolation(error, '22021') || isViolation(error, '22P05')
}

function isViolation(error: unknown, code: string, constraint?: string): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const raised = at as { code?: string; constraint?: string }
    if (raised.code === code) return !constraint || raised.constraint === constraint
  }
  return false
}
