import type { FixSafety } from '../../model/finding.ts'
import type { Facts } from '../facts.ts'
import type { SiteFix } from '../intentions.ts'
import type { Site, SiteDetail } from '../sites.ts'
import type { Detection, ProposedFix } from './rule.ts'

/** A site whose detail is of one kind. */
export type SiteOf<Kind extends SiteDetail['kind']> = Site & {
  readonly detail: Extract<SiteDetail, { readonly kind: Kind }>
}

/** All sites of one kind. */
export function sitesOf<Kind extends SiteDetail['kind']>(facts: Facts, kind: Kind): SiteOf<Kind>[] {
  return facts.sites.filter((site): site is SiteOf<Kind> => site.detail.kind === kind)
}

/** A detection at a site. */
export function at(site: Site, message: string, fixes: readonly ProposedFix[] = []): Detection {
  return { span: site.span, message, evidence: [site.id], fixes }
}

/** A fix of a site, named after what it does. */
export function siteFix(site: Site, kind: SiteFix, title: string, safety: FixSafety): ProposedFix {
  return { id: kind, title, safety, intention: { kind, site: site.id } }
}
