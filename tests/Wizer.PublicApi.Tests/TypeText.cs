using System.Reflection;

namespace Wizer.PublicApi.Tests;

/// <summary>Types as C# writes them where they are used.</summary>
internal static class TypeText
{
    private static readonly NullabilityInfoContext s_nullability = new();

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    internal static string Of(ParameterInfo parameter) => Of(parameter.ParameterType, s_nullability.Create(parameter));

    internal static string Of(PropertyInfo property) => Of(property.PropertyType, s_nullability.Create(property));

    internal static string Of(FieldInfo field) => Of(field.FieldType, s_nullability.Create(field));

    /// <summary>A type without what is known of nulls in it: a base type, an interface, an attribute.</summary>
    internal static string Of(Type type) => Of(type, null);

    /// <summary>The name by which others mention a type: with the types around it, and with its parameters.</summary>
    internal static string NameOf(Type type) => Name(type, type.GetGenericArguments(), parameter => parameter.Name);

    private static string Of(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!, nullability);
        }

        if (type.IsPointer)
        {
            return Of(type.GetElementType()!, null) + "*";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying, null) + "?";
        }

        // Of a type parameter without constraints nobody knows.
        bool mayBeNull = !type.IsValueType && !type.IsGenericParameter && nullability is { } known
            && NullabilityState.Nullable == (known.ReadState == NullabilityState.Unknown ? known.WriteState : known.ReadState);
        return Plain(type, nullability) + (mayBeNull ? "?" : "");
    }

    private static string Plain(Type type, NullabilityInfo? nullability)
    {
        if (type.IsArray)
        {
            return Of(type.GetElementType()!, nullability?.ElementType) + "[]";
        }

        if (s_keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        NullabilityInfo[] arguments = nullability?.GenericTypeArguments ?? [];
        int next = 0;
        return Name(type, type.GetGenericArguments(), argument => Of(argument, next < arguments.Length ? arguments[next++] : null));
    }

    // The arguments of a nested type begin with those of the types around it.
    private static string Name(Type type, Type[] arguments, Func<Type, string> write)
    {
        string outer = "";
        int start = 0;
        if (type.DeclaringType is { } declaring && !type.IsGenericParameter)
        {
            start = declaring.GetGenericArguments().Length;
            outer = Name(declaring, arguments[..start], write) + ".";
        }

        int tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        string name = tick < 0 ? type.Name : type.Name[..tick];
        return arguments.Length == start ? outer + name : $"{outer}{name}<{string.Join(", ", arguments[start..].Select(write))}>";
    }
}
