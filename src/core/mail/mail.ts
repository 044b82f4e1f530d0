export type Mail = { to: string; subject: string; text: string; html?: string }

/** Sends one mail; resolves when it was handed over. */
export type Mailer = (mail: Mail) => Promise<void>
