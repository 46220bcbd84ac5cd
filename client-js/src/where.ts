import type { Json } from "./json.js";
import type { Filter, Operator, Question, SortKey } from "./query.js";

type Plain = string | number | bigint | boolean | null | undefined;
type Deeper = [never, 0, 1, 2, 3];

/** The paths of a document's fields, four names deep. Where a type has any name, so has the path. */
export type Field<T, D extends number = 4> = string extends keyof T
  ? string
  : T extends Plain | readonly unknown[]
    ? never
    : { [K in keyof T & string]: K | (D extends 0 ? never : NonNullable<T[K]> extends Plain | readonly unknown[] ? never : `${K}.${Field<NonNullable<T[K]>, Deeper[D]>}`) }[keyof T & string];

export type AnyField<T> = Field<T> | "_key" | "_owner";

/** What is at a path. */
export type At<T, P extends string> = P extends "_key" | "_owner"
  ? string
  : string extends keyof T
    ? Json
    : P extends keyof T
      ? NonNullable<T[P]>
      : P extends `${infer K}.${infer Rest}`
        ? K extends keyof T
          ? At<NonNullable<T[K]>, Rest>
          : Json
        : Json;

type Element<V> = V extends readonly (infer E)[] ? E : V;

/** The comparisons of one field. */
export interface Comparison<T, V> {
  eq(value: V | null): Query<T>;
  ne(value: V | null): Query<T>;
  gt(value: V): Query<T>;
  gte(value: V): Query<T>;
  lt(value: V): Query<T>;
  lte(value: V): Query<T>;
  /** A string with that in it, or an array with that among its elements. */
  contains(value: Element<V>): Query<T>;
  startsWith(value: string): Query<T>;
  in(values: readonly (V | null)[]): Query<T>;
  nin(values: readonly (V | null)[]): Query<T>;
  exists(value?: boolean): Query<T>;
}

/** A question that is put together step by step; each step gives another one. `question` is what it comes to. */
export class Query<T> {
  constructor(readonly question: Question = {}) {}

  #with(more: Question): Query<T> {
    return new Query({ ...this.question, ...more });
  }

  #compare<P extends AnyField<T>>(field: P, join: (filter: Filter) => Filter): Comparison<T, At<T, P>> {
    const compare = (op: Operator) => (value: unknown = true) => this.#with({ filter: join({ type: "filter", field, op, value: value as Json }) });
    return Object.fromEntries(OPERATORS.map((op) => [op, compare(op)])) as unknown as Comparison<T, At<T, P>>;
  }

  /** And what is asked of this field. */
  where<P extends AnyField<T>>(field: P): Comparison<T, At<T, P>> {
    const { filter } = this.question;
    return this.#compare(field, (next) => (!filter ? next : { type: "and", filters: [...(isAnd(filter) ? filter.filters : [filter]), next] }));
  }

  and<P extends AnyField<T>>(field: P): Comparison<T, At<T, P>> {
    return this.where(field);
  }

  /** Everything that has been asked of fields so far, or this. */
  or<P extends AnyField<T>>(field: P): Comparison<T, At<T, P>> {
    const { filter } = this.question;
    return this.#compare(field, (next) => (filter ? { type: "or", filters: [filter, next] } : next));
  }

  /** Everything that has been asked of fields so far is not true. */
  not(): Query<T> {
    return this.#with({ filter: { type: "not", filter: this.question.filter ?? { type: "and", filters: [] } } });
  }

  /** Words that have to be in the document; of the last one the beginning is enough. */
  text(query: string, ...fields: Field<T>[]): Query<T> {
    return this.#with({ text: fields.length ? { query, fields } : query });
  }

  /** After the fields by which it is ordered already. */
  orderBy(field: AnyField<T>, dir: "asc" | "desc" = "asc"): Query<T> {
    const key: SortKey = { field, dir };
    return this.#with({ sort: [...(this.question.sort ?? []), key] });
  }

  limit(limit: number): Query<T> {
    return this.#with({ limit });
  }

  /** Behind the page that ended there. */
  after(after: string): Query<T> {
    return this.#with({ after });
  }

  /** Only these fields. */
  fields(...fields: Field<T>[]): Query<T> {
    return this.#with({ fields });
  }
}

const OPERATORS: Operator[] = ["eq", "ne", "gt", "gte", "lt", "lte", "contains", "startsWith", "in", "nin", "exists"];

const isAnd = (filter: Filter): filter is { type: "and"; filters: readonly Filter[] } => filter.type === "and" && "filters" in filter;

/** What is asked of a field of documents of type `T`. */
export const where = <T, P extends AnyField<T> = AnyField<T>>(field: P): Comparison<T, At<T, P>> => new Query<T>().where(field);
