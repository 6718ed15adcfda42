import type { PageRoute } from '@/lib/pages';

export const pages: PageRoute[] = [];
