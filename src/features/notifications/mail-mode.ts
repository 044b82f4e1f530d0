/** How a person wants to be mailed of a kind of notice. Pages import this; it must not lead to the database. */
export const mailModeNames = ['instant', 'daily', 'off'] as const
export type MailMode = (typeof mailModeNames)[number]
