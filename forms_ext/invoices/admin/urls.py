"""Admin URLs of billing."""

from django.urls import path

from ...ledger.admin import views as ledger_views
from . import views

app_name = "cop_billing"
urlpatterns = [
    path("accounts/<key:pk>/", views.AccountView.as_view(), name="account"),
    path("accounts/<key:pk>/payer/", ledger_views.PayerView.as_view(), name="correct_payer"),
    path("accounts/<key:pk>/pay/", ledger_views.PaymentView.as_view(), name="pay"),
    path("accounts/<key:pk>/invoice/", views.IssueView.as_view(), name="issue"),
    path("accounts/<key:pk>/refund/", ledger_views.ListRefundView.as_view(), name="list_refund"),
    path("invoices/<key:pk>/pdf/", views.InvoicePdfView.as_view(), name="invoice_pdf"),
    path("payments/<key:pk>/pdf/", views.ReceiptPdfView.as_view(), name="receipt_pdf"),
    path("accounts/<key:pk>/remind/", views.RemindView.as_view(), name="remind"),
    path("entries/<key:pk>/pdf/", views.StatementPdfView.as_view(), name="statement_pdf"),
    path("payments/<key:pk>/cancellation/", views.CancelledReceiptPdfView.as_view(), name="cancellation_pdf"),
    path("refunds/<key:pk>/withdraw/", ledger_views.WithdrawRefundView.as_view(), name="withdraw_refund"),
    path("refunds/<key:pk>/paid/", ledger_views.RefundView.as_view(), name="refund"),
    path("rebates/list/", ledger_views.ListRebatesView.as_view(), name="list_rebates"),
    path("rebates/<key:pk>/paid/", ledger_views.RebateView.as_view(), name="rebate"),
]
