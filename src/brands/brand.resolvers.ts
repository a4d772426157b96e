import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import type { Brand, BrandHandle } from './brand.js';
import type { Brands } from './brands.js';

/** The part of an operation's context that decides which brands it shows; the room of the actors ranks above this one. */
interface BrandScope {
  readonly brands: Brands;
  readonly actor: { readonly brandHandles: ReadonlySet<BrandHandle> | null } | null;
}

function shownBrands({ brands, actor }: BrandScope): Brand[] {
  if (actor === null) return [];
  const { brandHandles } = actor;
  return brands.all().flatMap(({ brand }) => (brandHandles === null || brandHandles.has(brand.handle) ? [brand] : []));
}

/** `brands`, `brand` and what the configuration says about them. Reads no database, so no brand can fail it. */
export const brandResolvers: Resolvers = {
  Query: {
    brands: (_parent, _args, context) => shownBrands(context),
    brand: (_parent, args, context) => shownBrands(context).find((brand) => brand.handle === args.handle) ?? null,
  },
  Brand: {
    id: (brand) => formatNodeId('brand', brand.handle),
  },
  SharingRule: {
    // A rule names a brand of the same configuration, which refuses to load when it is not there.
    toBrand: (rule, _args, context) => context.brands.get(rule.to).brand,
  },
};
