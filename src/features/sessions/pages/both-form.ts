import { z } from 'zod'
import { BothFactors } from '../two-factor.ts'

/** Password and code as a form sends them, in which a field left empty is absent. */
export const BothForm = z.object({
  password: BothFactors.shape.password.default(''),
  code: z.string().default('').pipe(BothFactors.shape.code),
})
