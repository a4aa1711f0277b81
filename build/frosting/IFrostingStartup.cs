using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting;

/// <summary>Registers services for <see cref="CakeHostExtensions.UseStartup{TStartup}"/>.</summary>
public interface IFrostingStartup
{
    /// <summary>Adds to the host's services or replaces some.</summary>
    /// <param name="services">The host's services.</param>
    void Configure(IServiceCollection services);
}
