import { converter, formatHex, wcagContrast } from 'culori'

export type Brand = {
  /** Ground of primary buttons. */
  brand: string
  brandHover: string
  /** A faint ground, for what is selected. */
  brandSoft: string
  /** The brand as text or mark on the page. */
  brandText: string
  /** Text on `brand`. */
  onBrand: string
}

const toOklch = converter('oklch')
const enough = 4.5
const nearLightness = 0.1

/** Grounds that brand text must be read on. */
const grounds = { light: '#f0f0f3', dark: '#282a2e' }

/**
 * Colours made of the operator's one, in OKLCH so that steps look even. Text always has a contrast
 * of at least 4.5:1 (WCAG 2.1, 1.4.3); a colour is moved a little for white text to have it.
 */
export function brandColors(hex: string, scheme: 'light' | 'dark'): Brand {
  const base = toOklch(hex) ?? { mode: 'oklch' as const, l: 0.6, c: 0, h: 0 }
  const at = (l: number, c = base.c) =>
    formatHex({ mode: 'oklch', l: Math.min(1, Math.max(0, l)), c, h: base.h })
  // White on a mid tone is what eyes expect: a colour that is nearly dark enough for it is made so.
  const forWhite = walk(at, base.l, -0.005, (tone) => wcagContrast(tone, '#ffffff') >= enough)
  const isNear = base.l - (toOklch(forWhite)?.l ?? 0) <= nearLightness
  const brand = isNear && bestText(hex) !== '#ffffff' ? forWhite : formatHex(hex)!
  const step = scheme === 'light' ? -0.01 : 0.01
  const brandText = walk(at, base.l, step, (tone) => wcagContrast(tone, grounds[scheme]) >= enough)
  const text = bestText(brand)
  const away = text === '#ffffff' ? -0.05 : 0.05
  return {
    brand,
    brandHover: at((toOklch(brand)?.l ?? 0.6) + away),
    brandSoft:
      scheme === 'light' ? at(0.96, Math.min(base.c, 0.03)) : at(0.28, Math.min(base.c, 0.05)),
    brandText,
    onBrand: text,
  }
}

function bestText(ground: string): '#ffffff' | '#0b0c0e' {
  return wcagContrast(ground, '#ffffff') >= enough ? '#ffffff' : '#0b0c0e'
}

function walk(
  at: (l: number) => string,
  from: number,
  step: number,
  isGood: (tone: string) => boolean,
): string {
  let l = from
  while (l > 0 && l < 1 && !isGood(at(l))) l += step
  return at(l)
}

/** The colours as CSS for the head of the page. */
export function brandCss(hex: string): string {
  const rules = (scheme: 'light' | 'dark') => {
    const { brand, brandHover, brandSoft, brandText, onBrand } = brandColors(hex, scheme)
    return `--brand:${brand};--brand-hover:${brandHover};--brand-soft:${brandSoft};--brand-text:${brandText};--on-brand:${onBrand}`
  }
  return `:root{${rules('light')}}@media(prefers-color-scheme:dark){:root{${rules('dark')}}}`
}
