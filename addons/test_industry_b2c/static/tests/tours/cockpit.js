import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("test_industry_b2c.cockpit", {
    steps: () => [
        {
            content: "The account stands on the cockpit with today's traffic",
            trigger: ".o_kanban_record:contains(Loja Exemplo) canvas",
        },
        {
            content: "What was given up is seen",
            trigger: ".o_kanban_record:contains(Desistidas: 2)",
        },
        {
            content: "A closed operation is named",
            trigger: ".o_kanban_record:contains(/Em espera por limite: .*GET .orders/)",
        },
        {
            content: "Open the account",
            trigger: ".o_kanban_record:contains(Loja Exemplo)",
            run: "click",
        },
        {
            content: "Errors are counted by their class, in words",
            trigger: ".o_form_view [name=error_lines]:contains(3 × chamadas demais)",
        },
        {
            content: "Look at what was given up",
            trigger: "button[name=action_view_given_up]",
            run: "click",
        },
        {
            content: "Both are listed with the reason",
            trigger: ".o_data_row:eq(1) [name=error]:contains(gateway)",
        },
        {
            content: "Back to the account",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            content: "Replay them all",
            trigger: "button[name=action_replay_given_up]",
            run: "click",
        },
        {
            content: "Nothing is given up any more",
            trigger:
                ".o_form_view:not(:has(button[name=action_replay_given_up])) [name=inbox_waiting_count]:contains(2)",
        },
    ],
});

registry.category("web_tour.tours").add("test_industry_b2c.connect", {
    steps: () => [
        {
            content: "The keys of the application are there already",
            trigger:
                "[name=connect_steps] [name=connect_step] .o_arrow_button_current:contains(Notificações)",
        },
        {
            content: "The address to register is shown",
            trigger:
                "[name=connect_steps] [name=hook_url]:contains(/marketplace/mercadolivre/)",
        },
        {
            content: "It is registered",
            trigger: "button[name=action_hook_registered]",
            run: "click",
        },
        {
            content: "Next is the consent of the shop's owner",
            trigger:
                "[name=connect_steps] [name=connect_step] .o_arrow_button_current:contains(Autorização)",
        },
        {
            content: "The button to ask for it is there",
            trigger: "[name=connect_steps] button[name=action_connect]",
        },
    ],
});
