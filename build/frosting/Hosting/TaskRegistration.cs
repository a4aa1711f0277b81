using System.Reflection;
using Cake.Core;
using Cake.Core.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting.Hosting;

/// <summary>Hands tasks and lifetimes to the Cake engine.</summary>
internal sealed class TaskRegistration(IServiceProvider services)
{
    private readonly ICakeEngine _engine = services.GetRequiredService<ICakeEngine>();
    private readonly IFrostingContext _context = services.GetRequiredService<IFrostingContext>();

    public void Register()
    {
        foreach (var task in services.GetServices<IFrostingTask>())
            Register(task);

        if (services.GetService<IFrostingSetup>() is { } setup)
            _engine.RegisterSetupAction(info => setup.Setup(_context, info));
        if (services.GetService<IFrostingTeardown>() is { } teardown)
            _engine.RegisterTeardownAction(info => teardown.Teardown(_context, info));
        if (services.GetService<IFrostingTaskSetup>() is { } taskSetup)
            _engine.RegisterTaskSetupAction(info => taskSetup.Setup(_context, info));
        if (services.GetService<IFrostingTaskTeardown>() is { } taskTeardown)
            _engine.RegisterTaskTeardownAction(info => taskTeardown.Teardown(_context, info));
    }

    private static string NameOf(Type task) => task.GetCustomAttribute<TaskNameAttribute>()?.Name ?? task.Name;

    private void Register(IFrostingTask task)
    {
        var type = task.GetType();
        var shape = new TaskShape(type);
        if (!shape.Accepts(_context))
        {
            services
                .GetRequiredService<ICakeLog>()
                .Warning(
                    "The task {0} is left out: it works on a {1}, the run's context is a {2}.",
                    NameOf(type),
                    shape.ContextType.FullName!,
                    _context.GetType().FullName!
                );
            return;
        }

        var builder = _engine.RegisterTask(NameOf(type));
        if (type.GetCustomAttribute<TaskDescriptionAttribute>()?.Description is { Length: > 0 } description)
            builder.Description(description);
        if (shape.Overrides("Run") || shape.Overrides("RunAsync"))
            builder.Does(_ => task.RunAsync(_context));
        if (shape.Overrides("ShouldRun"))
            builder.WithCriteria(_ => task.ShouldRun(_context), task.SkippedMessage);
        if (type.IsDefined(typeof(ContinueOnErrorAttribute), inherit: false))
            builder.ContinueOnError();
        if (shape.Overrides("OnError"))
            builder.OnError(exception => task.OnError(exception, _context));
        if (shape.Overrides("Finally"))
            builder.Finally(() => task.Finally(_context));

        foreach (var dependency in type.GetCustomAttributes<IsDependentOnAttribute>())
            builder.IsDependentOn(NameOf(Checked(type, dependency.Task)));
        foreach (var dependee in type.GetCustomAttributes<IsDependeeOfAttribute>())
            builder.IsDependeeOf(NameOf(Checked(type, dependee.Task)));
    }

    private static Type Checked(Type task, Type related) =>
        related.IsAssignableTo(typeof(IFrostingTask))
            ? related
            : throw new FrostingException($"The task {NameOf(task)} names {related.Name} as a dependency, which is not a Frosting task.");
}
