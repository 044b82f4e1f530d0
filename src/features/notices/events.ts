import { z } from 'zod'
import { defineEvent } from '../../core/events.ts'

export const noticeWritten = defineEvent('notices.written', z.object({ noticeId: z.string() }))
