import { z } from 'zod'

/**
 * A text that reads as it is: without control characters but tabs and line ends, which could steer a
 * terminal, and without those that turn the reading direction, which could show another name.
 */
export const Printable = z
  .string()
  .regex(/^([^\p{Cc}\u202a-\u202e\u2066-\u2069]|[\t\n\r])*$/u, 'Leave out control characters')
