namespace Wizer.Binary.Components;

/// <summary>
/// Whether something may be given where something is expected. What does not match is the result, in the words of the official
/// scripts, from the outside to the inside. Component Model, Subtyping.
/// </summary>
internal sealed class Matching(TypeFactory factory, CoreTypeStore coreTypes, long offset)
{
    /// <summary>Compares what is given with what is expected.</summary>
    /// <returns>Null, or what does not match.</returns>
    internal string? Compare(Entity given, Entity expected)
    {
        factory.Work(1, offset);
        if (given.Sort != expected.Sort)
        {
            return $"expected {expected.Description}, found {given.Description}";
        }

        return given.Sort switch
        {
            Sort.CoreModule => Compare((ResolvedModuleType)given.Type, (ResolvedModuleType)expected.Type),
            Sort.Func => Compare((ResolvedFuncType)given.Type, (ResolvedFuncType)expected.Type),
            Sort.Value => CompareElement((ResolvedValType)given.Type, (ResolvedValType)expected.Type),
            Sort.Type => CompareTypes(given.Type, expected.Type),
            Sort.Component => Compare((ResolvedComponentType)given.Type, (ResolvedComponentType)expected.Type),
            _ => Compare((ResolvedInstanceType)given.Type, (ResolvedInstanceType)expected.Type),
        };
    }

    /// <summary>Compares types that are equal or not, as imports and exports of types are.</summary>
    internal string? CompareTypes(ResolvedType given, ResolvedType expected)
    {
        switch (given, expected)
        {
            case (ResolvedResourceType left, ResolvedResourceType right):
                return left.Resource == right.Resource ? null : "resource types are not the same";
            case (ResolvedValType left, ResolvedValType right):
                return Compare(left, right);
            case (ResolvedFuncType left, ResolvedFuncType right):
                return Compare(left, right);
            case (ResolvedInstanceType left, ResolvedInstanceType right):
                return left == right ? null : Compare(left, right) ?? Compare(right, left);
            case (ResolvedComponentType left, ResolvedComponentType right):
                return left == right ? null : Compare(left, right) ?? Compare(right, left);
            default:
                return $"expected {KindOf(expected)}, found {KindOf(given)}";
        }
    }

    internal string? Compare(ResolvedInstanceType given, ResolvedInstanceType expected)
    {
        if (given == expected && expected.DefinedResources.Length == 0)
        {
            return null;
        }

        var substitution = new Substitution(factory, offset);
        Bind(substitution, expected.DefinedResources, given.Exports, expected.Exports);
        foreach ((string name, Entity export) in expected.Exports.InOrder)
        {
            if (!given.Exports.TryGet(name, out Entity? actual))
            {
                return $"missing expected export `{name}`";
            }

            if (Compare(actual, substitution.Apply(export)) is string wrong)
            {
                return $"type mismatch in instance export `{name}`: {wrong}";
            }
        }

        return null;
    }

    /// <summary>Says of the resources that an expected type binds which ones they are in what is given.</summary>
    internal static void Bind(Substitution substitution, BoundResource[] bound, EntityMap given, EntityMap expected)
    {
        foreach (BoundResource resource in bound)
        {
            if (!substitution.Has(resource.Resource) && Find(given, resource.Path) is { Type: ResolvedResourceType actual })
            {
                substitution.Add(resource.Resource, actual.Resource);
            }
        }
    }

    /// <summary>
    /// Puts types that are given in the place of those that are expected, once they have been found to match: they have names of their
    /// own, and what is made of them refers to those.
    /// </summary>
    internal static void AddTypes(Substitution substitution, EntityMap given, EntityMap expected)
    {
        foreach ((string name, Entity entity) in expected.InOrder)
        {
            if (!given.TryGet(name, out Entity? actual) || actual.Sort != entity.Sort)
            {
                continue;
            }

            if (entity.Sort == Sort.Type)
            {
                substitution.Add(entity.Type, actual.Type);
            }
            else if (entity.Type is ResolvedInstanceType instance)
            {
                AddTypes(substitution, ((ResolvedInstanceType)actual.Type).Exports, instance.Exports);
            }
        }
    }

    private static Entity? Find(EntityMap entities, string[] path)
    {
        Entity? found = null;
        for (int i = 0; i < path.Length; i++)
        {
            if (!entities.TryGet(path[i], out Entity? entity))
            {
                return null;
            }

            found = entity;
            if (i < path.Length - 1)
            {
                if (entity.Type is not ResolvedInstanceType instance)
                {
                    return null;
                }

                entities = instance.Exports;
            }
        }

        return found;
    }

    private string? Compare(ResolvedComponentType given, ResolvedComponentType expected)
    {
        // What is given is instantiated with what is expected to be there, and the other way round for exports.
        var imports = new Substitution(factory, offset);
        Bind(imports, given.ImportedResources, expected.Imports, given.Imports);
        foreach ((string name, Entity import) in given.Imports.InOrder)
        {
            if (!expected.Imports.TryGet(name, out Entity? actual))
            {
                return $"missing expected import `{name}`";
            }

            if (Compare(actual, imports.Apply(import)) is string wrong)
            {
                return $"type mismatch in import `{name}`: {wrong}";
            }
        }

        EntityMap givenExports = imports.Apply(given.Exports, out _);
        var exports = new Substitution(factory, offset);
        Bind(exports, expected.DefinedResources, givenExports, expected.Exports);
        foreach ((string name, Entity export) in expected.Exports.InOrder)
        {
            if (!givenExports.TryGet(name, out Entity? actual))
            {
                return $"missing expected export `{name}`";
            }

            if (Compare(actual, exports.Apply(export)) is string wrong)
            {
                return $"type mismatch in export `{name}`: {wrong}";
            }
        }

        return null;
    }

    private static string? Compare(ResolvedFuncType given, ResolvedFuncType expected)
    {
        if (given.Shape == expected.Shape)
        {
            return null;
        }

        if (given.IsAsync != expected.IsAsync)
        {
            return expected.IsAsync ? "expected async function, found sync function" : "expected sync function, found async function";
        }

        if (given.Parameters.Length != expected.Parameters.Length)
        {
            return $"expected {expected.Parameters.Length} parameters, found {given.Parameters.Length}";
        }

        for (int i = 0; i < given.Parameters.Length; i++)
        {
            if (given.Labels[i] != expected.Labels[i])
            {
                return $"expected parameter named `{expected.Labels[i]}`, found `{given.Labels[i]}`";
            }

            if (CompareElement(given.Parameters[i], expected.Parameters[i]) is string wrong)
            {
                return $"type mismatch in function parameter `{expected.Labels[i]}`: {wrong}";
            }
        }

        return (given.Result, expected.Result) switch
        {
            (not null, null) => "expected a result, found none",
            (null, not null) => "expected no result, found one",
            _ => $"type mismatch with result type: {CompareElement(given.Result!, expected.Result!)}",
        };
    }

    /// <summary>The same for a type within another, which has a primitive type's own name.</summary>
    private static string? CompareElement(ResolvedValType given, ResolvedValType expected) =>
        expected.Kind == ValTypeKind.Primitive && given.Kind != ValTypeKind.Primitive
            ? $"expected {ComponentValType.NameOf(expected.Primitive)}, found {given.Description}"
            : Compare(given, expected);

    private static string? Compare(ResolvedValType given, ResolvedValType expected)
    {
        if (given.Shape == expected.Shape)
        {
            return null;
        }

        if (given.Kind != expected.Kind)
        {
            string found = given.Kind == ValTypeKind.Primitive ? ComponentValType.NameOf(given.Primitive) : given.Description;
            return $"expected {expected.Description}, found {found}";
        }

        return given.Kind switch
        {
            ValTypeKind.Primitive =>
                $"expected primitive `{ComponentValType.NameOf(expected.Primitive)}` "
                + $"found primitive `{ComponentValType.NameOf(given.Primitive)}`",
            ValTypeKind.Record => CompareFields(given, expected),
            ValTypeKind.Variant => CompareCases(given, expected),
            ValTypeKind.Tuple => CompareTuples(given, expected),
            ValTypeKind.Flags => "mismatch in flags elements",
            ValTypeKind.Enum => "mismatch in enum elements",
            ValTypeKind.Result => CompareOptional("ok", given.Elements[0], expected.Elements[0])
                ?? CompareOptional("err", given.Elements[1], expected.Elements[1]),
            ValTypeKind.Map => CompareElement(given.Elements[0]!, expected.Elements[0]!) is string wrong
                ? $"type mismatch in map key: {wrong}"
                : $"type mismatch in map value: {CompareElement(given.Elements[1]!, expected.Elements[1]!)}",
            ValTypeKind.FixedList when given.Length != expected.Length =>
                $"expected fixed size {expected.Length}, found {given.Length}",
            ValTypeKind.Own or ValTypeKind.Borrow => "resource types are not the same",
            ValTypeKind.Stream or ValTypeKind.Future =>
                CompareOptional(given.Description, given.Elements[0], expected.Elements[0]),
            _ => $"type mismatch in {given.Description}: {CompareElement(given.Elements[0]!, expected.Elements[0]!)}",
        };
    }

    private static string? CompareFields(ResolvedValType given, ResolvedValType expected)
    {
        if (given.Labels.Length != expected.Labels.Length)
        {
            return $"expected {expected.Labels.Length} fields, found {given.Labels.Length}";
        }

        for (int i = 0; i < given.Labels.Length; i++)
        {
            if (given.Labels[i] != expected.Labels[i])
            {
                return $"expected field name `{expected.Labels[i]}`, found `{given.Labels[i]}`";
            }

            if (CompareElement(given.Elements[i]!, expected.Elements[i]!) is string wrong)
            {
                return $"type mismatch in record field `{expected.Labels[i]}`: {wrong}";
            }
        }

        return null;
    }

    private static string? CompareCases(ResolvedValType given, ResolvedValType expected)
    {
        if (given.Labels.Length != expected.Labels.Length)
        {
            return $"expected {expected.Labels.Length} cases, found {given.Labels.Length}";
        }

        for (int i = 0; i < given.Labels.Length; i++)
        {
            if (given.Labels[i] != expected.Labels[i])
            {
                return $"expected case named `{expected.Labels[i]}`, found `{given.Labels[i]}`";
            }

            string? wrong = (given.Elements[i], expected.Elements[i]) switch
            {
                (null, null) => null,
                (null, _) => $"expected case `{expected.Labels[i]}` to have a type, found none",
                (_, null) => $"expected case `{expected.Labels[i]}` to have no type",
                ({ } left, { } right) => CompareElement(left, right) is string inner
                    ? $"type mismatch in variant case `{expected.Labels[i]}`: {inner}"
                    : null,
            };
            if (wrong is not null)
            {
                return wrong;
            }
        }

        return null;
    }

    private static string? CompareTuples(ResolvedValType given, ResolvedValType expected)
    {
        if (given.Elements.Length != expected.Elements.Length)
        {
            return $"expected {expected.Elements.Length} types, found {given.Elements.Length}";
        }

        for (int i = 0; i < given.Elements.Length; i++)
        {
            if (CompareElement(given.Elements[i]!, expected.Elements[i]!) is string wrong)
            {
                return $"type mismatch in tuple field {i}: {wrong}";
            }
        }

        return null;
    }

    private static string? CompareOptional(string what, ResolvedValType? given, ResolvedValType? expected) =>
        (given, expected) switch
        {
            (null, null) => null,
            (null, _) => $"expected {what} type, but found none",
            (_, null) => $"expected {what} type to not be present",
            ({ } left, { } right) => CompareElement(left, right) is string wrong ? $"type mismatch in {what} variant: {wrong}" : null,
        };

    private static string KindOf(ResolvedType type) => type is ResolvedValType ? "defined type" : type.Description;

    private string? Compare(ResolvedModuleType given, ResolvedModuleType expected)
    {
        factory.Work(given.Imports.Count + expected.Imports.Count + expected.Exports.Count, offset);
        var imports = new Dictionary<string, CoreEntity>(StringComparer.Ordinal);
        foreach ((string module, string name, CoreEntity type) in expected.Imports)
        {
            imports[ResolvedModuleType.ImportKey(module, name)] = type;
        }

        foreach ((string module, string name, CoreEntity type) in given.Imports)
        {
            if (!imports.TryGetValue(ResolvedModuleType.ImportKey(module, name), out CoreEntity? actual))
            {
                return $"missing expected import `{module}::{name}`";
            }

            if (Compare(actual, type) is string wrong)
            {
                return $"type mismatch in import `{module}::{name}`: {wrong}";
            }
        }

        foreach ((string name, CoreEntity type) in expected.Exports)
        {
            if (!given.Exports.TryGetValue(name, out CoreEntity? actual))
            {
                return $"missing expected export `{name}`";
            }

            if (Compare(actual, type) is string wrong)
            {
                return $"type mismatch in export `{name}`: {wrong}";
            }
        }

        return null;
    }

    /// <summary>
    /// Compares what a core instance has with what a core module imports. Core 3.0, Validation: Matching, External Types.
    /// </summary>
    internal string? Compare(CoreEntity given, CoreEntity expected)
    {
        if (given.Kind != expected.Kind)
        {
            return $"expected {NameOf(expected.Kind)}, found {NameOf(given.Kind)}";
        }

        switch (given.Kind)
        {
            case ExternKind.Func:
                return coreTypes.IsSubtype(given.TypeId, expected.TypeId)
                    ? null
                    : $"expected: {TextOf(expected.TypeId)}, found: {TextOf(given.TypeId)}";
            case ExternKind.Tag:
                return given.TypeId == expected.TypeId
                    ? null
                    : $"expected: {TextOf(expected.TypeId)}, found: {TextOf(given.TypeId)}";
            case ExternKind.Global:
                if (given.Global.IsMutable != expected.Global.IsMutable)
                {
                    return "global types differ in mutability";
                }

                bool matches = given.Global.Value == expected.Global.Value
                    || (!expected.Global.IsMutable && coreTypes.IsSubtype(given.Global.Value, expected.Global.Value));
                return matches ? null : $"expected global type {expected.Global.Value}, found {given.Global.Value}";
            case ExternKind.Table:
                if (given.Table.Element != expected.Table.Element)
                {
                    return $"expected table element type {expected.Table.Element}, found {given.Table.Element}";
                }

                return given.Table.Limits.Is64 != expected.Table.Limits.Is64 ? "mismatch in index type used for tables"
                    : HaveLimits(given.Table.Limits, expected.Table.Limits) ? null
                    : "mismatch in table limits";
            default:
                Limits left = given.Memory.Limits;
                Limits right = expected.Memory.Limits;
                return left.IsShared != right.IsShared ? "mismatch in the shared flag for memories"
                    : left.Is64 != right.Is64 ? "mismatch in index type used for memories"
                    : given.Memory.PageSizeLog2 != expected.Memory.PageSizeLog2 ? "mismatch in page size for memories"
                    : HaveLimits(left, right) ? null
                    : "mismatch in memory limits";
        }
    }

    internal static string NameOf(ExternKind kind) => kind.ToString().ToLowerInvariant();

    private static bool HaveLimits(Limits given, Limits expected) =>
        given.Minimum >= expected.Minimum && (expected.Maximum is null || given.Maximum <= expected.Maximum);

    private string TextOf(int typeId)
    {
        if (coreTypes.FuncTypeOf(typeId) is not { } func)
        {
            return "(type)";
        }

        string parameters = func.ParameterArray.Length == 0 ? "" : $" (param {string.Join(' ', func.ParameterArray)})";
        string results = func.ResultArray.Length == 0 ? "" : $" (result {string.Join(' ', func.ResultArray)})";
        return $"(func{parameters}{results})";
    }
}
